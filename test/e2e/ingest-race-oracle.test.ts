// The oracle of the concurrency tests is able to fail: each kind of damage is seen and named.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { delivery, edit, instant, message, person, status } from '../support/ingest-items.js';
import { inconsistencies } from '../support/ingest-oracle.js';
import { openIngestWorld } from '../support/ingest-world.js';
import { describeOnPostgres } from '../support/on-postgres.js';
import type { IngestWorld } from '../support/ingest-world.js';

describeOnPostgres('damage is seen', () => {
  let world: IngestWorld;
  beforeAll(async () => {
    world = await openIngestWorld({ contexts: 1 });
  });
  afterAll(() => world?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    await world.clear();
    const items = [1, 2, 3].map((n) => message({ id: `m${n}`, from: person(n % 2), at: instant(n) }));
    await world.context(0).ingest.submit(delivery(items));
    await world
      .context(0)
      .ingest.submit(delivery([status({ id: 'early', status: 'READ' }), edit({ id: 'm1', text: 'edited' })]));
    expect(await inconsistencies(world.pool)).toEqual([]);
  });

  test.each([
    ['delete from events where seq = 2', 'the numbers of the log run from 1 without a gap'],
    [
      `delete from events where payload ->> 'messageId' = (select max(id::text) from messages)`,
      'a message is told once',
    ],
    [
      `update messages set chat = gen_random_uuid()::text where external_id = 'm1'`,
      'a chat is a contact that was not merged away',
    ],
    [
      `update messages set ticket_id = gen_random_uuid() where external_id = 'm1'`,
      'a message lies in a ticket of its chat',
    ],
    [`update contacts set merged_into = gen_random_uuid()`, 'an alias belongs to a contact that was not merged away'],
    ['delete from contact_aliases', 'a contact has a name it is found by'],
    [
      'update tickets set unread = unread + 1',
      'the timeline and the unread count equal a recomputation from the messages',
    ],
    [
      `update tickets set first_in = first_in - interval '1 second'`,
      'the timeline and the unread count equal a recomputation from the messages',
    ],
    [
      `update tickets set preview = 'another'`,
      'the last message of a ticket is its newest, and the preview is its text',
    ],
    [`update tickets set preview = 'another'`, 'the last event of a ticket shows the ticket as it is'],
    [`delete from inbox_events where external_id = 'm1'`, 'every item of a delivery has one ledger row'],
    [`delete from inbox_events where external_id = 'm1'`, 'the audit leaves nothing unexplained'],
    ['delete from deliveries', 'a ledger row has its delivery'],
    [`update inbox_events set verdict = 'duplicate' where external_id = 'm2'`, 'a message was accepted once'],
    [`delete from messages where external_id = 'm3'`, 'what was accepted is stored'],
    ['delete from parked_events', 'what waits is parked, and what is parked waits'],
    [
      `update events set payload = jsonb_set(payload::jsonb, '{timeline,inboundCount}', '9')::json where type = 'ticket.message'`,
      'the events of a ticket count its messages one by one',
    ],
  ])('%s: %s', async (damage, rule) => {
    await world.pool.query(damage);
    expect((await inconsistencies(world.pool)).map((found) => found.rule)).toContain(rule);
  });
});
