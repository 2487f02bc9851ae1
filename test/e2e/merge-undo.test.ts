// DESIGN 3: messages "follow their alias, so it can be undone".
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mergeContacts } from '../../apps/api/dist/ingest/merge.js';
import { undoMerge } from '../../apps/api/dist/ingest/unmerge.js';
import {
  isLogWhole,
  jidOf,
  lidOf,
  makePerson,
  messageColumn,
  openWorld,
  receive,
  rowsOf,
  TENANT,
  wrongTickets,
} from './merge-world.js';

const LID = lidOf('111');
const JID = jidOf('5511999998888');

let db: Awaited<ReturnType<typeof openWorld>>;
let elder: string;
let younger: string;
beforeAll(async () => {
  db = await openWorld();
});
afterAll(() => db[Symbol.asyncDispose]());
beforeEach(async () => {
  await db.pool.query(
    'truncate contacts, contact_aliases, contact_merges, tickets, messages, inbox_events, events, audit_log',
  );
  elder = (await makePerson(db, { names: LID, at: new Date('2024-05-01') })).id;
  younger = (await makePerson(db, { names: JID, at: new Date('2024-05-02'), phone: '+5511999998888' })).id;
});

const at = (minute: number) => `2024-05-02T10:${String(minute).padStart(2, '0')}:00.000Z`;

async function merge(a = elder, b = younger): Promise<string> {
  await mergeContacts(db, { tenantId: TENANT, contactIds: [a, b], evidence: 'test', actor: null, traceId: 'trace' });
  return String((await rowsOf(db, 'contact_merges')).at(-1)?.['id']);
}

const undo = (mergeId: string, actor: string | null = null) =>
  undoMerge(db, { tenantId: TENANT, mergeId, actor, traceId: 'trace' });

async function snapshot() {
  const tables = ['contacts', 'contact_aliases', 'tickets', 'messages', 'inbox_events'];
  return Promise.all(tables.map((table) => rowsOf(db, table, ['updated_at'])));
}

describe('undoMerge', () => {
  test('a merge taken back at once leaves everything as it was', async () => {
    await receive(db, { from: JID, externalId: 'a', at: at(0) });
    await receive(db, { from: LID, externalId: 'a', at: at(0) });
    await receive(db, { from: LID, externalId: 'b', at: at(1), direction: 'OUTBOUND' });
    await receive(db, { from: JID, externalId: 'b', at: at(2), direction: 'OUTBOUND' });
    await receive(db, { from: JID, externalId: 'c', at: at(3), instanceId: 'i2' });
    await db.pool.query(`update tickets set status = 'RESOLVED', resolved_at = $1 where instance_id = 'i2'`, [at(4)]);
    await receive(db, { from: JID, externalId: 'd', at: at(5), instanceId: 'i2' });
    const before = await snapshot();
    await undo(await merge());
    expect(await snapshot()).toEqual(before);
    expect(await isLogWhole(db)).toBe(true);
  });

  test('messages that came after the merge follow the name they came under', async () => {
    await receive(db, { from: JID, externalId: 'a', at: at(0) });
    await receive(db, { from: LID, externalId: 'b', at: at(1) });
    const merged = await merge();
    await receive(db, { from: JID, externalId: 'c', at: at(2) });
    await receive(db, { from: LID, externalId: 'd', at: at(3) });
    await undo(merged);
    expect(await messageColumn(db, 'chat')).toEqual({ a: younger, b: elder, c: younger, d: elder });
    const tickets = await rowsOf(db, 'tickets');
    expect(
      tickets.map((row) => [
        row['chat'],
        row['contact_id'],
        row['status'],
        row['in_count'],
        row['unread'],
        row['preview'],
      ]),
    ).toEqual([
      [younger, younger, 'OPEN', 2, 2, 'c'],
      [elder, elder, 'OPEN', 2, 2, 'd'],
    ]);
    expect(await wrongTickets(db)).toEqual([]);
  });

  test('a ticket opened since in which only the loser spoke becomes its own, and the closed one stays closed', async () => {
    await receive(db, { from: LID, externalId: 'a', at: at(0) });
    await receive(db, { from: JID, externalId: 'b', at: at(1) });
    const merged = await merge();
    await db.pool.query(`update tickets set status = 'RESOLVED' where status = 'OPEN'`);
    await receive(db, { from: JID, externalId: 'c', at: at(2) });
    await undo(merged);
    const tickets = await rowsOf(db, 'tickets');
    expect(tickets.map((row) => [row['chat'], row['status'], row['in_count'], row['merged_into']])).toEqual([
      [elder, 'RESOLVED', 1, null],
      [younger, 'CLOSED', 1, null],
      [younger, 'OPEN', 1, null],
    ]);
    expect(await wrongTickets(db)).toEqual([]);
  });

  test('messages of one who had no ticket get a closed one of their own', async () => {
    await receive(db, { from: LID, externalId: 'a', at: at(0) });
    const merged = await merge();
    await receive(db, { from: JID, externalId: 'b', at: at(1) });
    await undo(merged);
    const tickets = await rowsOf(db, 'tickets');
    expect(tickets.map((row) => [row['chat'], row['contact_id'], row['status'], row['in_count']])).toEqual([
      [elder, elder, 'OPEN', 1],
      [younger, younger, 'CLOSED', 1],
    ]);
    expect(await wrongTickets(db)).toEqual([]);
  });

  test('the winner gives back what it took, unless somebody gave it that since', async () => {
    const merged = await merge();
    const { entries } = await undo(merged, 'ana');
    const [winner, loser] = await rowsOf(db, 'contacts');
    expect(winner).toMatchObject({ id: elder, phone: null });
    expect(loser).toMatchObject({ id: younger, phone: '+5511999998888', merged_into: null });
    expect(entries.map((entry) => entry.type)).toEqual(['contact.updated', 'contact.updated']);
    expect(await rowsOf(db, 'audit_log')).toMatchObject([{ actor: 'ana', action: 'contact.unmerge', subject: merged }]);
  });

  test('a merge is taken back once, and a new message then finds its own contact', async () => {
    await receive(db, { from: LID, externalId: 'a', at: at(0) });
    const merged = await merge();
    await undo(merged);
    expect(await undo(merged)).toEqual({ entries: [] });
    await receive(db, { from: JID, externalId: 'b', at: at(1) });
    expect(await messageColumn(db, 'chat')).toEqual({ a: elder, b: younger });
  });

  test('a merge whose winner was merged further is taken back after that one', async () => {
    const first = await merge();
    const eldest = await makePerson(db, { names: lidOf('333'), at: new Date('2020-01-01') });
    const second = await merge(eldest.id, elder);
    await expect(undo(first)).rejects.toMatchObject({ code: 'CONFLICT' });
    await undo(second);
    await undo(first);
    expect((await rowsOf(db, 'contacts')).map((row) => row['merged_into'])).toEqual([null, null, null]);
    const owners = (await rowsOf(db, 'contact_aliases')).map((row) => [row['kind'], row['contact_id']]);
    expect(owners).toEqual([
      ['lid', elder],
      ['jid', younger],
      ['phone', younger],
      ['lid', eldest.id],
    ]);
  });

  test('a merge of another tenant is not found', async () => {
    const mergeId = await merge();
    await expect(undoMerge(db, { tenantId: 't2', mergeId, actor: null, traceId: '' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
