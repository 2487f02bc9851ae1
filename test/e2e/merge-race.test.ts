// Merges race with one another and with the writers of messages: nothing is lost, nothing deadlocks for good.
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { mergeContacts } from '../../apps/api/dist/ingest/merge.js';
import { undoMerge } from '../../apps/api/dist/ingest/unmerge.js';
import { isLogWhole, lidOf, makePerson, openWorld, receive, rowsOf, TENANT, wrongTickets } from './merge-world.js';

let db: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  db = await openWorld();
});
afterAll(() => db[Symbol.asyncDispose]());
beforeEach(async () => {
  await db.pool.query('truncate contacts, contact_aliases, contact_merges, tickets, messages, inbox_events, events');
});

const instant = (n: number) => new Date(Date.UTC(2024, 4, 2, 12, 0, n)).toISOString();
const merge = (a: string, b: string) =>
  mergeContacts(db, { tenantId: TENANT, contactIds: [a, b], evidence: 'race', actor: null, traceId: 'trace' });

async function makePeople(count: number) {
  const people = [];
  for (let n = 0; n < count; n += 1) {
    const names = lidOf(`${uuidv7().replaceAll(/[^0-9]/g, '')}${n}`);
    const at = new Date(Date.UTC(2024, 0, 1, 0, n));
    people.push({ names, ...(await makePerson(db, { names, at })) });
  }
  return people;
}

async function expectWhole(messageCount: number) {
  const messages = await rowsOf(db, 'messages');
  expect(messages).toHaveLength(messageCount);
  expect(await wrongTickets(db)).toEqual([]);
  expect(await isLogWhole(db)).toBe(true);
  // Nothing is left behind with a contact that is no more.
  const gone = new Set(
    (await rowsOf(db, 'contacts')).filter((row) => row['merged_into'] !== null).map((row) => row['id']),
  );
  const tickets = await rowsOf(db, 'tickets');
  expect(tickets.filter((row) => gone.has(row['contact_id']) || gone.has(row['chat']))).toEqual([]);
  expect((await rowsOf(db, 'contact_aliases')).filter((row) => gone.has(row['contact_id']))).toEqual([]);
  expect(messages.filter((row) => gone.has(row['chat']))).toEqual([]);
}

/** Waits until some transaction waits for another's lock. */
async function untilBlocked(): Promise<void> {
  await vi.waitFor(async () => {
    const { rows } = await db.pool.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    expect(rows.length).toBeGreaterThan(0);
  });
}

// The embedded database has one connection: its transactions come one after the other by themselves.
describe.skipIf(!process.env['TEST_DATABASE_URL'])('a merge that meets a writer in the middle of its work', () => {
  test.each(['with', 'without'])('waits for it and counts its message, %s a rival ticket', async (rival) => {
    const [a, b] = await makePeople(2);
    if (!a || !b) throw new Error('two people were made');
    await receive(db, { from: b.names, externalId: 'first', at: instant(0) });
    if (rival === 'with') await receive(db, { from: a.names, externalId: 'second', at: instant(1) });
    let merged: ReturnType<typeof merge> | undefined;
    const written = await receive(db, {
      from: b.names,
      externalId: 'late',
      at: instant(2),
      remembered: b.id,
      async beforeLog() {
        merged = merge(a.id, b.id);
        await untilBlocked();
      },
    });
    expect(written).toBe(true);
    await merged;
    const count = rival === 'with' ? 3 : 2;
    await expectWhole(count);
    const open = (await rowsOf(db, 'tickets')).filter((row) => row['status'] === 'OPEN');
    expect(open).toMatchObject([{ chat: a.id, in_count: count, unread: count, preview: 'late' }]);
  });
});

describe('races', () => {
  test('two merges of the same pair in opposite order make one merge', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [a, b] = await makePeople(2);
      if (!a || !b) throw new Error('two people were made');
      const before = (await rowsOf(db, 'contact_merges')).length;
      const [one, other] = await Promise.all([merge(a.id, b.id), merge(b.id, a.id)]);
      expect([one.winnerId, other.winnerId]).toEqual([a.id, a.id]);
      expect(await rowsOf(db, 'contact_merges')).toHaveLength(before + 1);
    }
    await expectWhole(0);
  });

  test('a ring of people merged all at once becomes one person', async () => {
    const people = await makePeople(6);
    for (const [n, person] of people.entries()) {
      await receive(db, { from: person.names, externalId: `m${n}`, at: instant(n) });
    }
    await Promise.all(people.map((person, n) => merge(person.id, people[(n + 1) % people.length]?.id ?? '')));
    const open = (await rowsOf(db, 'tickets')).filter((row) => row['status'] === 'OPEN');
    expect(open).toMatchObject([{ chat: people[0]?.id, in_count: 6, unread: 6 }]);
    await expectWhole(6);
  });

  test('messages that arrive for both while they are merged are all kept, in one open ticket', async () => {
    for (let round = 0; round < 5; round += 1) {
      await db.pool.query(
        'truncate contacts, contact_aliases, contact_merges, tickets, messages, inbox_events, events',
      );
      const [a, b] = await makePeople(2);
      if (!a || !b) throw new Error('two people were made');
      // The older ticket is the younger contact's, so that both tickets change.
      await receive(db, { from: b.names, externalId: 'first', at: instant(0) });
      if (round % 2 === 0) await receive(db, { from: a.names, externalId: 'second', at: instant(1) });
      const existing = round % 2 === 0 ? 2 : 1;
      const writers = Array.from({ length: 24 }, (_, n) => {
        const person = n % 2 === 0 ? a : b;
        // Every third writer remembers the chat and asks nobody who it belongs to now.
        const remembered = n % 3 === 0 ? person.id : undefined;
        return receive(db, { from: person.names, externalId: `m${n}`, at: instant(2 + n), remembered });
      });
      const merged = merge(a.id, b.id);
      await Promise.all([...writers, merged]);
      await expectWhole(existing + 24);
      const open = (await rowsOf(db, 'tickets')).filter((row) => row['status'] === 'OPEN');
      expect(open).toMatchObject([{ chat: a.id, in_count: existing + 24, unread: existing + 24 }]);
    }
  });

  test('the same message arriving under both names during the merge is stored once at the end', async () => {
    const [a, b] = await makePeople(2);
    if (!a || !b) throw new Error('two people were made');
    await receive(db, { from: a.names, externalId: 'first', at: instant(0) });
    const copies = Array.from({ length: 10 }, (_, n) =>
      [a, b].map((person) => receive(db, { from: person.names, externalId: `m${n}`, at: instant(n) })),
    ).flat();
    await Promise.all([...copies, merge(a.id, b.id)]);
    await expectWhole(11);
    const ledger = await rowsOf(db, 'inbox_events');
    expect(ledger.filter((row) => row['verdict'] === 'accepted')).toHaveLength(11);
  });

  test('messages that arrive while a merge is taken back are all kept, each with its name', async () => {
    const [a, b] = await makePeople(2);
    if (!a || !b) throw new Error('two people were made');
    await receive(db, { from: a.names, externalId: 'a', at: instant(0) });
    await receive(db, { from: b.names, externalId: 'b', at: instant(1) });
    await merge(a.id, b.id);
    const [record] = await rowsOf(db, 'contact_merges');
    const writers = Array.from({ length: 20 }, (_, n) => {
      const person = n % 2 === 0 ? a : b;
      const remembered = n % 3 === 0 ? a.id : undefined;
      return receive(db, { from: person.names, externalId: `m${n}`, at: instant(2 + n), remembered });
    });
    const undone = undoMerge(db, { tenantId: TENANT, mergeId: String(record?.['id']), actor: null, traceId: 'trace' });
    await Promise.all([...writers, undone]);
    expect(await rowsOf(db, 'messages')).toHaveLength(22);
    expect(await wrongTickets(db)).toEqual([]);
    expect(await isLogWhole(db)).toBe(true);
    const theirs = (await rowsOf(db, 'messages')).filter(
      (row) => row['alias_id'] === b.aliasId && row['chat'] === b.id,
    );
    expect(theirs.length).toBeGreaterThanOrEqual(1);
  });
});
