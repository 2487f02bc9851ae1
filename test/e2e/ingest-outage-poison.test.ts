// A value the database refuses for one item: that item alone is parked with its reason, the rest is stored in order.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { redriveParked } from '../../apps/api/dist/ingest/redrive.js';
import { bootService } from '../support/boot.js';
import type { Rig } from '../support/boot.js';
import { failInserts } from '../support/ingest-faults.js';
import type { Fault } from '../support/ingest-faults.js';
import { countRows, inconsistencies, verdicts } from '../support/ingest-oracle.js';
import { inboundText } from '../support/samples.js';

let rig: Rig;
beforeAll(async () => {
  rig = await bootService();
});
afterAll(() => rig?.close());
beforeEach(async () => {
  await rig.ctx.db.pool.query(
    `truncate contacts, contact_aliases, tickets, messages, deliveries, inbox_events, parked_events, events, audit_log`,
  );
});

const refusePoison = (code: string): Promise<Fault> =>
  failInserts(rig.ctx.db.pool, { code, when: `new.external_id like 'poison%'` });
async function rows(query: string): Promise<Record<string, unknown>[]> {
  return (await rig.ctx.db.pool.query(query)).rows;
}
/** The broker ids of the messages in the order of the log. */
async function told(): Promise<string[]> {
  const events = await rows(
    `select payload #>> '{message,externalId}' as id from events where type = 'ticket.message' order by seq`,
  );
  return events.map(({ id }) => String(id));
}
const redrive = (id: unknown) =>
  redriveParked(rig.ctx, { tenantId: 'demo', id: String(id), actor: 'admin-1', traceId: 'again' });

test.each(['22P05', '22021', '23514', '54000', '21000'])(
  '%s: of 51 items of one delivery the refused one is parked with its reason, the others are stored in order',
  async (code) => {
    await using _fault = await refusePoison(code);
    const ids = Array.from({ length: 51 }, (_, n) => (n === 25 ? 'poison' : `m${n}`));
    const answer = await rig.webhook(ids.map((id) => inboundText(id)));
    expect(answer).toMatchObject({ status: 202, body: { queued: 50, duplicates: 0, rejected: 0, parked: 1 } });
    expect(await told()).toEqual(ids.filter((id) => id !== 'poison'));
    expect(await rows('select kind, reason, error, attempts, expires_at from parked_events')).toEqual([
      { kind: 'poison', reason: 'parked_poison', error: 'refused by the test', attempts: 1, expires_at: null },
    ]);
    const ledger = await rows(
      `select item_index, reason, external_id, message_id from inbox_events where verdict = 'parked'`,
    );
    expect(ledger).toEqual([{ item_index: 25, reason: 'parked_poison', external_id: 'poison', message_id: null }]);
    expect(await inconsistencies(rig.ctx.db.pool)).toEqual([]);
  },
);

test('neighbouring deliveries of the same batch are stored, each answered for itself', async () => {
  await using _fault = await refusePoison('22P05');
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, n) =>
      rig.webhook(inboundText(n % 20 === 7 ? `poison${n}` : `m${n}`, { phone: `+551196000${1000 + (n % 5)}` })),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
  const parked = answers.flatMap(({ body }, n) => ((body as { parked: number }).parked === 1 ? [n] : []));
  expect(parked).toEqual([7, 27, 47]);
  expect(await verdicts(rig.ctx.db.pool)).toEqual({ accepted: 57, parked: 3 });
  expect(await countRows(rig.ctx.db.pool, ['messages', 'parked_events', 'deliveries'])).toEqual({
    messages: 57,
    parked_events: 3,
    deliveries: 60,
  });
  expect(await inconsistencies(rig.ctx.db.pool)).toEqual([]);
});

test('a redrive that fails again counts an attempt; one that succeeds stores the item and rewrites its ledger row', async () => {
  const fault = await refusePoison('22P05');
  await rig.webhook([inboundText('m1'), inboundText('poison'), inboundText('m2')]);
  const [waiting] = await rows('select id, ledger_id from parked_events');

  expect(await redrive(waiting?.['id'])).toMatchObject({ verdict: 'parked', reason: 'parked_poison' });
  expect(await rows('select id, attempts, error from parked_events')).toEqual([
    { id: waiting?.['id'], attempts: 2, error: 'refused by the test' },
  ]);
  expect(await verdicts(rig.ctx.db.pool)).toEqual({ accepted: 2, parked: 1 });
  expect(await inconsistencies(rig.ctx.db.pool)).toEqual([]);

  await fault.remove();
  const outcome = await redrive(waiting?.['id']);
  expect(outcome).toMatchObject({ verdict: 'accepted', reason: 'ok' });
  expect(await rows('select 1 from parked_events')).toEqual([]);
  expect(await rows(`select id, verdict, reason, message_id from inbox_events where external_id = 'poison'`)).toEqual([
    { id: waiting?.['ledger_id'], verdict: 'accepted', reason: 'ok', message_id: outcome.messageId },
  ]);
  expect(await told()).toEqual(['m1', 'm2', 'poison']);
  expect(await inconsistencies(rig.ctx.db.pool)).toEqual([]);
});

test('what the broker sent again in the meantime makes the redriven item a duplicate', async () => {
  const fault = await refusePoison('22P05');
  await rig.webhook(inboundText('poison'));
  const [waiting] = await rows('select id from parked_events');
  await fault.remove();
  expect(await rig.webhook(inboundText('poison'))).toMatchObject({ status: 202, body: { queued: 1 } });
  expect(await redrive(waiting?.['id'])).toMatchObject({ verdict: 'duplicate' });
  expect(await verdicts(rig.ctx.db.pool)).toEqual({ accepted: 1, duplicate: 1 });
  expect(await countRows(rig.ctx.db.pool, ['messages', 'parked_events'])).toEqual({ messages: 1, parked_events: 0 });
  expect(await inconsistencies(rig.ctx.db.pool)).toEqual([]);
});

test('two administrators who redrive one item at once store it once', async () => {
  const fault = await refusePoison('22P05');
  await rig.webhook(inboundText('poison'));
  const [waiting] = await rows('select id from parked_events');
  await fault.remove();
  const outcomes = await Promise.allSettled([redrive(waiting?.['id']), redrive(waiting?.['id'])]);
  const kinds = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.verdict : 'refused'));
  expect(kinds).toContain('accepted');
  expect(await verdicts(rig.ctx.db.pool)).toEqual({ accepted: 1 });
  expect(await countRows(rig.ctx.db.pool, ['messages', 'parked_events'])).toEqual({ messages: 1, parked_events: 0 });
  expect(await inconsistencies(rig.ctx.db.pool)).toEqual([]);
});

test('one poison item in each of many deliveries: all of it parked, the rest in order', async () => {
  await using _fault = await refusePoison('22003');
  const items = Array.from({ length: 300 }, (_, n) =>
    inboundText(n % 30 === 15 ? `poison${n}` : `m${n}`, { phone: `+551196000${1000 + (n % 3)}` }),
  );
  const answers = [];
  for (let from = 0; from < items.length; from += 30) answers.push(await rig.webhook(items.slice(from, from + 30)));
  expect(answers.map(({ body }) => body)).toEqual(
    answers.map(() => expect.objectContaining({ queued: 29, parked: 1, duplicates: 0 })),
  );
  expect(await told()).toEqual(items.map(({ id }) => id).filter((id) => id.startsWith('m')));
  expect(await inconsistencies(rig.ctx.db.pool)).toEqual([]);
});
