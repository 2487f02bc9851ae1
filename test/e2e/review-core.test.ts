// What only more than one process, more than one name or a very large delivery brings to light in ingest.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { expireParkedEvents } from '../../apps/api/dist/db/sql/parked-expiry.js';
import { mergeContacts } from '../../apps/api/dist/ingest/merge.js';
import { undoMerge } from '../../apps/api/dist/ingest/unmerge.js';
import { delivery, edit, instant, message, person, revoke, status } from '../support/ingest-items.js';
import { inconsistencies } from '../support/ingest-oracle.js';
import { openIngestWorld } from '../support/ingest-world.js';
import { describeOnPostgres } from '../support/on-postgres.js';
import type { IngestWorld } from '../support/ingest-world.js';

describeOnPostgres('two processes', () => {
  let world: IngestWorld;
  beforeAll(async () => {
    world = await openIngestWorld();
  });
  afterAll(() => world?.[Symbol.asyncDispose]());
  beforeEach(() => world.clear());

  const submit = (n: number, ...items: Parameters<typeof delivery>[0]) =>
    world.context(n).ingest.submit(delivery(items));

  async function rows(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return (await world.pool.query<Record<string, unknown>>(text, values)).rows;
  }

  const chatsOf = async () =>
    Object.fromEntries(
      (await rows('select external_id, chat from messages')).map((row) => [row.external_id, row.chat]),
    );

  async function mergeAll(): Promise<string> {
    const ids = (await rows('select id from contacts where merged_into is null order by created_at, id')).map((row) =>
      String(row.id),
    );
    await mergeContacts(world.context(0).db, {
      tenantId: 't1',
      contactIds: ids as [string, string],
      evidence: 'test',
      actor: null,
      traceId: 'trace',
    });
    return String((await rows('select id from contact_merges'))[0]?.['id']);
  }

  test('a name that one process remembers comes back after another one changed it', async () => {
    const told = (n: number, id: number, name: string) =>
      submit(n, message({ id: `m${id}`, from: person(1), at: instant(id), name }));
    await told(0, 1, 'Ana');
    await told(1, 2, 'Bia');
    await told(0, 3, 'Ana');
    expect(await rows('select name from contacts')).toEqual([{ name: 'Ana' }]);
    expect(await inconsistencies(world.pool)).toEqual([]);
  });

  test('news of a contact that comes without a message is compared with what is stored, and twice it is a duplicate', async () => {
    await submit(0, message({ id: 'm', from: person(1) }));
    const told = async (n: number, seconds: number, name: string) => {
      const item = message({ id: 'x', from: person(1), at: instant(seconds), name });
      if (!('event' in item) || item.event.kind !== 'message') throw new Error('not a message');
      const { at, broker, chat, contact } = item.event;
      const [outcome] = await submit(n, { ...item, event: { kind: 'contact', at, broker, chat, contact } });
      return outcome?.verdict;
    };
    expect(await told(0, 1, 'Ana')).toBe('accepted');
    expect(await told(1, 2, 'Bia')).toBe('accepted');
    expect(await told(0, 3, 'Ana')).toBe('accepted');
    expect(await told(1, 4, 'Ana')).toBe('duplicate');
    expect(await rows('select name from contacts')).toEqual([{ name: 'Ana' }]);
  });

  test('after a merge is undone a process that remembers it files messages under the right contact', async () => {
    await submit(0, message({ id: 'phone', from: person(1) }));
    await submit(0, message({ id: 'lid', from: person(1, 'lid') }));
    const before = await chatsOf();
    const mergeId = await mergeAll();
    await submit(1, message({ id: 'phone-2', from: person(1), at: instant(1) }));
    await submit(1, message({ id: 'lid-2', from: person(1, 'lid'), at: instant(2) }));
    await undoMerge(world.context(0).db, { tenantId: 't1', mergeId, actor: null, traceId: 'trace' });
    await submit(1, message({ id: 'lid-3', from: person(1, 'lid'), at: instant(3) }));
    await submit(1, message({ id: 'phone-3', from: person(1), at: instant(4) }));
    const after = await chatsOf();
    expect([after['lid-2'], after['lid-3']]).toEqual([before['lid'], before['lid']]);
    expect([after['phone-2'], after['phone-3']]).toEqual([before['phone'], before['phone']]);
  });

  test('a change that waited under another name of the person is bound when the two names are merged', async () => {
    await submit(0, message({ id: 'sent', from: person(1), direction: 'OUTBOUND' }));
    await submit(0, message({ id: 'other', from: person(1, 'lid') }));
    const [early] = await submit(0, status({ id: 'sent', from: person(1, 'lid'), status: 'READ' }));
    expect(early?.verdict).toBe('parked');
    await submit(0, edit({ id: 'sent', from: person(1, 'lid'), text: 'edited' }));
    await mergeAll();
    expect(await rows(`select status, content from messages where external_id = 'sent'`)).toEqual([
      { status: 'READ', content: 'edited' },
    ]);
    expect(await rows('select id from parked_events')).toEqual([]);
    const ledger = await rows(`select kind, verdict from inbox_events where external_id = 'sent' order by kind`);
    expect(ledger.map((row) => [row['kind'], row['verdict']].join(' '))).toEqual([
      'echo accepted',
      'edit accepted',
      'status accepted',
    ]);
    expect((await rows('select type from events')).map((row) => row['type'])).toContain('message.status');
    expect(await rows(`select preview from tickets where status = 'OPEN'`)).toHaveLength(1);
    expect(await inconsistencies(world.pool)).toEqual([]);
  });

  test('a merge does not bring back the words of a message that was deleted for everyone', async () => {
    await submit(0, message({ id: 'other', from: person(1, 'lid'), at: instant(0) }));
    await submit(0, message({ id: 'gone', from: person(1), at: instant(1), text: 'secret' }));
    await submit(0, revoke({ id: 'gone', from: person(1), at: instant(2) }));
    await mergeAll();
    expect(await rows(`select preview from tickets where status = 'OPEN'`)).toEqual([{ preview: null }]);
  });

  test('an id under two phones and then a hidden name merges nobody: which of the two it is, nothing tells', async () => {
    await submit(0, message({ id: 'same', from: person(1) }));
    await submit(0, message({ id: 'same', from: person(2) }));
    const [third] = await submit(0, message({ id: 'same', from: person(3, 'lid') }));
    expect(third?.verdict).toBe('accepted');
    expect(await rows('select id from contacts where merged_into is null')).toHaveLength(3);
  });

  test('an id that a group has too says nothing about a person', async () => {
    const inGroup = message({ id: 'same', from: [] });
    if (!('event' in inGroup) || inGroup.event.kind !== 'message') throw new Error('not a message');
    inGroup.event.chat = { kind: 'group', jid: '120363000000000001@g.us', aliases: [] };
    await world.context(0).ingest.submit({ ...delivery([inGroup]), groupPolicy: 'accept' });
    for (const known of [false, true]) {
      const from = person(known ? 1 : 2, 'lid');
      if (known) await submit(0, message({ id: 'earlier', from }));
      const [verdict] = await submit(0, message({ id: 'same', from }));
      expect(verdict?.verdict).toBe('accepted');
    }
    expect(await rows(`select id from contacts where kind = 'person'`)).toHaveLength(2);
  });

  test('giving up on a change does not overwrite the verdict it was given meanwhile', async () => {
    await submit(0, status({ id: 'late', from: person(1), status: 'READ' }));
    await rows(`update inbox_events set verdict = 'accepted', reason = 'ok'`);
    expect(await expireParkedEvents(world.pool, new Date(Date.now() + 8 * 86_400_000), 10)).toBe(1);
    expect(await rows('select verdict from inbox_events')).toEqual([{ verdict: 'accepted' }]);
  });
});

describeOnPostgres('an empty database', () => {
  test('takes a history of 5,000 messages in one delivery while another process takes messages', async () => {
    await using world = await openIngestWorld();
    const history = Array.from({ length: 5_000 }, (_, n) => {
      const item = message({ id: `h${n}`, from: person(n % 500), at: instant(n - 900_000), direction: 'OUTBOUND' });
      if ('event' in item && item.event.kind === 'message') item.event.origin = 'history';
      return item;
    });
    let isStored = false;
    const stored = world
      .context(0)
      .ingest.submit(delivery(history))
      .finally(() => (isStored = true));
    let live = 0;
    while (!isStored) {
      const from = person((live * 7) % 500);
      const items = [message({ id: `l${live}`, from, at: instant(live) })];
      const [verdict] = await world.context(1).ingest.submit(delivery(items, { instanceId: 't1-b' }));
      expect(verdict?.verdict).toBe('accepted');
      live += 1;
    }
    expect((await stored).every(({ verdict }) => verdict === 'accepted')).toBe(true);
    expect(live).toBeGreaterThan(10);
    expect(await inconsistencies(world.pool)).toEqual([]);
  });
});
