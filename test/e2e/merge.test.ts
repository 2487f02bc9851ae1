// DESIGN 3, "Merge is one transaction": nothing is lost, nothing is counted twice, the screens are told.
import { DOMAIN_EVENT_SCHEMAS, DomainEventTypeSchema } from '@recado/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mergeContacts } from '../../apps/api/dist/ingest/merge.js';
import {
  isLogWhole,
  jidOf,
  lidOf,
  makePerson,
  openWorld,
  receive,
  rowsOf,
  TENANT,
  wrongTickets,
} from './merge-world.js';

const OLD = new Date('2024-05-01T10:00:00.000Z');
const NEW = new Date('2024-05-02T10:00:00.000Z');
const LID = lidOf('111');
const JID = jidOf('5511999998888');

let db: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  db = await openWorld();
});
afterAll(() => db[Symbol.asyncDispose]());
beforeEach(async () => {
  await db.pool.query(
    'truncate contacts, contact_aliases, contact_merges, tickets, messages, inbox_events, events, audit_log, media_jobs',
  );
});

const merge = (a: string, b: string, actor: string | null = null) =>
  mergeContacts(db, { tenantId: TENANT, contactIds: [a, b], evidence: 'a broker mapping', actor, traceId: 'trace' });
const open = async (contact: string, instance = 'i1') =>
  (await rowsOf(db, 'tickets')).find(
    (row) => row['chat'] === contact && row['instance_id'] === instance && row['status'] === 'OPEN',
  );

async function pair(): Promise<{ elder: string; younger: string }> {
  const elder = await makePerson(db, { names: LID, at: OLD });
  const younger = await makePerson(db, { names: JID, at: NEW, phone: '+5511999998888', name: 'Maria' });
  return { elder: elder.id, younger: younger.id };
}

describe('mergeContacts', () => {
  test('the older contact remains, and every name leads to it', async () => {
    const { elder, younger } = await pair();
    const merged = await merge(younger, elder);
    expect(merged.winnerId).toBe(elder);
    expect((await rowsOf(db, 'contact_aliases')).map((row) => row['contact_id'])).toEqual([elder, elder, elder]);
    const [winner, loser] = await rowsOf(db, 'contacts');
    expect(winner).toMatchObject({ id: elder, merged_into: null });
    expect(loser).toMatchObject({ id: younger, merged_into: elder });
  });

  test('the winner takes what it lacks and keeps what it has', async () => {
    const elder = await makePerson(db, { names: LID, at: OLD, name: 'Maria Silva', nameAt: OLD });
    const younger = await makePerson(db, {
      names: JID,
      at: NEW,
      phone: '+5511999998888',
      name: 'Mary',
      registrations: ['ABC123'],
    });
    const { entries } = await merge(elder.id, younger.id);
    const [winner] = await rowsOf(db, 'contacts');
    expect(winner).toMatchObject({ name: 'Maria Silva', phone: '+5511999998888', registrations: ['ABC123'] });
    const told = entries.find((entry) => entry.type === 'contact.updated');
    expect(JSON.parse(told?.payload ?? '{}').changes).toEqual({ phone: '+5511999998888', registrations: ['ABC123'] });
  });

  test('per instance the older open ticket is kept and the other is closed into it', async () => {
    const { elder, younger } = await pair();
    await receive(db, { from: JID, externalId: 'a', at: '2024-05-02T10:00:00.000Z' });
    await receive(db, { from: LID, externalId: 'b', at: '2024-05-02T11:00:00.000Z' });
    await receive(db, { from: LID, externalId: 'c', at: '2024-05-02T12:00:00.000Z', direction: 'OUTBOUND' });
    const before = await open(younger);
    const other = await open(elder);
    await merge(elder, younger);
    const tickets = await rowsOf(db, 'tickets');
    expect(tickets.find((row) => row['id'] === before?.['id'])).toMatchObject({
      status: 'OPEN',
      chat: elder,
      contact_id: elder,
      in_count: 2,
      out_count: 1,
      unread: 2,
      preview: 'c',
    });
    expect(tickets.find((row) => row['id'] === other?.['id'])).toMatchObject({
      status: 'CLOSED',
      merged_into: before?.['id'],
      contact_id: elder,
      in_count: 0,
      unread: 0,
      last_message_at: null,
    });
    const messages = await rowsOf(db, 'messages');
    expect(messages.map((row) => [row['external_id'], row['ticket_id'], row['chat']])).toEqual(
      ['a', 'b', 'c'].map((id) => [id, before?.['id'], elder]),
    );
    expect(await wrongTickets(db)).toEqual([]);
  });

  test('a ticket without a rival in its instance only changes hands', async () => {
    const { elder, younger } = await pair();
    await receive(db, { from: LID, externalId: 'a', at: '2024-05-02T10:00:00.000Z' });
    await receive(db, { from: JID, externalId: 'b', at: '2024-05-02T11:00:00.000Z', instanceId: 'i2' });
    await db.pool.query(`update tickets set status = 'RESOLVED' where chat = $1 and instance_id = 'i1'`, [elder]);
    await receive(db, { from: JID, externalId: 'c', at: '2024-05-02T12:00:00.000Z' });
    await merge(elder, younger);
    const tickets = await rowsOf(db, 'tickets');
    expect(
      tickets.map((row) => [row['instance_id'], row['status'], row['chat'], row['in_count'], row['unread']]),
    ).toEqual([
      ['i1', 'RESOLVED', elder, 1, 1],
      ['i2', 'OPEN', elder, 1, 1],
      ['i1', 'OPEN', elder, 1, 1],
    ]);
    expect(await wrongTickets(db)).toEqual([]);
  });

  test('the agent and the queue of the closed ticket go on in the kept one', async () => {
    const { elder, younger } = await pair();
    await receive(db, { from: LID, externalId: 'a', at: '2024-05-02T10:00:00.000Z' });
    await receive(db, { from: JID, externalId: 'b', at: '2024-05-02T11:00:00.000Z' });
    await db.pool.query(`update tickets set status = 'ASSIGNED', assignee_id = 'ana' where chat = $1`, [younger]);
    await merge(elder, younger);
    const kept = (await rowsOf(db, 'tickets')).find((row) => row['merged_into'] === null);
    expect(kept).toMatchObject({ chat: elder, status: 'ASSIGNED', assignee_id: 'ana' });
  });

  test('the same id, direction and time under both names is one message, and the ledger calls the copy a duplicate', async () => {
    const { elder, younger } = await pair();
    await receive(db, { from: LID, externalId: 'a', at: '2024-05-02T10:00:00.000Z', direction: 'OUTBOUND' });
    await receive(db, {
      from: JID,
      externalId: 'a',
      at: '2024-05-02T10:00:00.000Z',
      direction: 'OUTBOUND',
      status: 'READ',
    });
    await receive(db, { from: JID, externalId: 'b', at: '2024-05-02T11:00:00.000Z' });
    await receive(db, { from: LID, externalId: 'b', at: '2024-05-02T11:00:00.000Z' });
    const [a, , b] = await rowsOf(db, 'messages');
    const { entries } = await merge(elder, younger);
    const messages = await rowsOf(db, 'messages');
    expect(messages).toMatchObject([
      { id: a?.['id'], chat: elder, status: 'READ' },
      { id: b?.['id'], chat: elder },
    ]);
    const ledger = await rowsOf(db, 'inbox_events');
    expect(ledger.map((row) => [row['external_id'], row['verdict'], row['message_id']])).toEqual([
      ['a', 'accepted', a?.['id']],
      ['a', 'duplicate', a?.['id']],
      ['b', 'accepted', b?.['id']],
      ['b', 'duplicate', b?.['id']],
    ]);
    const kept = (await rowsOf(db, 'tickets')).find((row) => row['merged_into'] === null);
    expect(kept).toMatchObject({ in_count: 1, out_count: 1, unread: 1 });
    expect(entries.find((entry) => entry.type === 'message.updated')?.payload).toContain(a?.['id']);
    expect(await wrongTickets(db)).toEqual([]);
  });

  test('the same id at two times is two messages, and both stay', async () => {
    const { elder, younger } = await pair();
    await receive(db, { from: LID, externalId: 'a', at: '2024-05-02T10:00:00.000Z' });
    await receive(db, { from: JID, externalId: 'a', at: '2024-05-02T10:00:01.000Z' });
    await merge(elder, younger);
    const messages = await rowsOf(db, 'messages');
    expect(messages.map((row) => row['chat'])).toEqual([elder, younger]);
    expect(new Set(messages.map((row) => row['ticket_id'])).size).toBe(1);
    const kept = (await rowsOf(db, 'tickets')).find((row) => row['merged_into'] === null);
    expect(kept).toMatchObject({ in_count: 2 });
    expect((await rowsOf(db, 'inbox_events')).map((row) => row['verdict'])).toEqual(['accepted', 'accepted']);
    expect(await wrongTickets(db)).toEqual([]);
  });

  test('the screens are told in payloads of the contract, numbered without a gap', async () => {
    const { elder, younger } = await pair();
    await receive(db, { from: LID, externalId: 'a', at: '2024-05-02T10:00:00.000Z' });
    await receive(db, { from: JID, externalId: 'b', at: '2024-05-02T11:00:00.000Z' });
    const { entries } = await merge(elder, younger);
    expect(entries.map((entry) => entry.type)).toEqual([
      'contact.merged',
      'contact.updated',
      'ticket.updated',
      'ticket.updated',
    ]);
    for (const entry of entries) {
      expect(
        DOMAIN_EVENT_SCHEMAS[DomainEventTypeSchema.parse(entry.type)].safeParse(JSON.parse(entry.payload)).error,
      ).toBeUndefined();
    }
    expect(JSON.parse(entries[0]?.payload ?? '{}')).toMatchObject({ contactId: elder, mergedContactId: younger });
    expect(await isLogWhole(db)).toBe(true);
  });

  test('what a person did is audited, what a broker proved is not', async () => {
    const { elder, younger } = await pair();
    const third = await makePerson(db, { names: lidOf('333') });
    await merge(elder, younger);
    expect(await rowsOf(db, 'audit_log')).toEqual([]);
    await merge(elder, third.id, 'ana');
    expect(await rowsOf(db, 'audit_log')).toMatchObject([{ actor: 'ana', action: 'contact.merge' }]);
  });

  test('contacts that are one already stay as they are', async () => {
    const { elder, younger } = await pair();
    await merge(elder, younger);
    expect(await merge(elder, younger)).toEqual({ winnerId: elder, entries: [] });
    expect(await merge(younger, younger)).toEqual({ winnerId: elder, entries: [] });
    expect(await rowsOf(db, 'contact_merges')).toHaveLength(1);
  });

  test('a contact that was merged away stands for the one it was merged into', async () => {
    const { elder, younger } = await pair();
    const eldest = await makePerson(db, { names: lidOf('333'), at: new Date('2020-01-01') });
    await merge(elder, younger);
    await receive(db, { from: JID, externalId: 'a', at: '2024-05-02T10:00:00.000Z' });
    expect((await merge(younger, eldest.id)).winnerId).toBe(eldest.id);
    expect(await open(eldest.id)).toMatchObject({ in_count: 1 });
    expect((await merge(younger, elder)).winnerId).toBe(eldest.id);
  });

  test('an unknown or foreign contact is not found, a group is no person', async () => {
    const { elder, younger } = await pair();
    await expect(merge(elder, '0190a000-0000-7000-8000-000000000000')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const foreign = mergeContacts(db, {
      tenantId: 't2',
      contactIds: [elder, younger],
      evidence: '',
      actor: null,
      traceId: '',
    });
    await expect(foreign).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const group = await makePerson(db, { names: jidOf('120363'), kind: 'group' });
    await expect(merge(elder, group.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await rowsOf(db, 'contact_merges')).toEqual([]);
  });

  test('a conversation of 300 resolved tickets appends no more than 200 events', async () => {
    const { elder, younger } = await pair();
    await db.pool.query(
      `insert into tickets (tenant_id, id, instance_id, chat, contact_id, status) select $1, gen_random_uuid(), 'i1', $2::text, $2::uuid, 'RESOLVED' from generate_series(1, 300)`,
      [TENANT, younger],
    );
    const { entries } = await merge(elder, younger);
    expect(entries).toHaveLength(200);
    expect((await rowsOf(db, 'tickets')).every((row) => row['chat'] === elder)).toBe(true);
  });
});
