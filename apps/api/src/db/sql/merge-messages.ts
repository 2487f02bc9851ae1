// Statements of a merge that touch messages and what hangs on them. All of them run under the tenant's log lock.
import type { Queryable } from '../database.js';
import { messageColumns } from './columns.js';
import type { MessageRow, TicketRow } from './rows.js';

/** Where a message is, and the name it came under. */
export interface MessagePlace {
  id: string;
  ticketId: string;
  chat: string;
  aliasId: string | null;
}

/** The places of all messages of the tickets. */
export async function messagePlaces(client: Queryable, tenantId: string, ticketIds: string[]): Promise<MessagePlace[]> {
  const result = await client.query<MessagePlace>({
    name: 'merge.message-places',
    text: `select m.id, m.ticket_id as "ticketId", m.chat, m.alias_id as "aliasId" from messages m
      where m.tenant_id = $1 and m.ticket_id = any($2::uuid[]) order by m.id`,
    values: [tenantId, ticketIds],
  });
  return result.rows;
}

/** Puts messages into the ticket and the chat given for each. */
export async function placeMessages(
  client: Queryable,
  tenantId: string,
  places: Omit<MessagePlace, 'aliasId'>[],
): Promise<void> {
  if (places.length === 0) return;
  await client.query({
    name: 'merge.message-place',
    text: `update messages m set ticket_id = i.ticket, chat = i.chat from unnest($2::uuid[], $3::uuid[], $4::text[]) i(id, ticket, chat)
      where m.tenant_id = $1 and m.id = i.id`,
    values: [tenantId, places.map((row) => row.id), places.map((row) => row.ticketId), places.map((row) => row.chat)],
  });
}

/** The messages of the tickets in `chat` that are stored under the same broker id and direction in `otherChat` too, both rows of each. */
export async function messagesInBothChats(
  client: Queryable,
  where: { tenantId: string; ticketIds: string[]; chat: string; otherChat: string },
): Promise<MessageRow[]> {
  const result = await client.query<MessageRow>({
    name: 'merge.message-copies',
    text: `with pairs as (select m.id, o.id as other from messages m
        join messages o on o.tenant_id = m.tenant_id and o.instance_id = m.instance_id and o.external_id = m.external_id
          and o.chat = $4 and o.direction = m.direction
        where m.tenant_id = $1 and m.ticket_id = any($2::uuid[]) and m.chat = $3)
      select ${messageColumns('m')} from messages m
      where m.tenant_id = $1 and m.id in (select id from pairs union all select other from pairs)
      order by m.instance_id, m.external_id, m.direction, m.id`,
    values: [where.tenantId, where.ticketIds, where.chat, where.otherChat],
  });
  return result.rows;
}

/** The unread messages of the tickets: the newest inbound ones, as many as the ticket says. */
export async function unreadMessages(
  client: Queryable,
  tenantId: string,
  ticketIds: string[],
): Promise<{ id: string; ticketId: string }[]> {
  const result = await client.query<{ id: string; ticketId: string }>({
    name: 'merge.message-unread',
    text: `select m.id, t.id as "ticketId" from tickets t
      cross join lateral (select i.id from messages i where i.tenant_id = t.tenant_id and i.ticket_id = t.id and i.direction = 'INBOUND' and ${counts('i')}
        order by i.occurred_at desc, i.id desc limit t.unread) m
      where t.tenant_id = $1 and t.id = any($2::uuid[])`,
    values: [tenantId, ticketIds],
  });
  return result.rows;
}

/** A ledger row that spoke of a message, as it was. */
export interface LedgerRow {
  day: string;
  id: string;
  verdict: string;
  reason: string;
}

/** Makes the ledger's acceptances of a copy duplicates of the message kept. Returns the rows as they were. */
export async function settleAsDuplicate(
  client: Queryable,
  copy: { tenantId: string; externalId: string; copyId: string; keptId: string },
): Promise<LedgerRow[]> {
  const result = await client.query<LedgerRow>({
    name: 'merge.ledger-duplicate',
    text: `with before as (select e.day, e.id, e.verdict, e.reason from inbox_events e
        where e.tenant_id = $1 and e.external_id = $2 and e.message_id = $3 order by e.day, e.id for no key update)
      update inbox_events e set message_id = $4,
          verdict = case when e.kind in ('message', 'echo') then 'duplicate' else e.verdict end,
          reason = case when e.kind in ('message', 'echo') then 'duplicate' else e.reason end
        from before b where e.tenant_id = $1 and e.day = b.day and e.id = b.id
      returning to_char(b.day, 'YYYY-MM-DD') as day, b.id, b.verdict, b.reason`,
    values: [copy.tenantId, copy.externalId, copy.copyId, copy.keptId],
  });
  return result.rows;
}

/** Gives ledger rows back what they said of a message. */
export async function restoreLedger(
  client: Queryable,
  messageId: string,
  tenantId: string,
  rows: LedgerRow[],
): Promise<void> {
  await client.query({
    name: 'merge.ledger-restore',
    text: `update inbox_events e set message_id = $2, verdict = i.verdict, reason = i.reason
      from unnest($3::date[], $4::uuid[], $5::text[], $6::text[]) i(day, id, verdict, reason)
      where e.tenant_id = $1 and e.day = i.day and e.id = i.id`,
    values: [
      tenantId,
      messageId,
      rows.map((row) => row.day),
      rows.map((row) => row.id),
      rows.map((row) => row.verdict),
      rows.map((row) => row.reason),
    ],
  });
}

/** Deletes a copy and returns its whole row as JSON; its media, when the kept message fetches none, is fetched for that one. */
export async function deleteCopy(
  client: Queryable,
  copy: { tenantId: string; copyId: string; keptId: string },
): Promise<Record<string, unknown>> {
  await client.query({
    name: 'merge.copy-media',
    text: `update media_jobs j set message_id = $3 where j.tenant_id = $1 and j.message_id = $2
      and not exists (select 1 from media_jobs k where k.tenant_id = $1 and k.message_id = $3)`,
    values: [copy.tenantId, copy.copyId, copy.keptId],
  });
  await client.query({
    name: 'merge.copy-media-drop',
    text: 'delete from media_jobs j where j.tenant_id = $1 and j.message_id = $2',
    values: [copy.tenantId, copy.copyId],
  });
  const result = await client.query<{ row: Record<string, unknown> }>({
    name: 'merge.copy-delete',
    text: 'delete from messages m where m.tenant_id = $1 and m.id = $2 returning to_jsonb(m) as row',
    values: [copy.tenantId, copy.copyId],
  });
  return result.rows[0]?.row ?? {};
}

/** Puts a deleted copy back as it was; where its key is taken by now, it stays away. Returns whether it is back. */
export async function restoreCopy(client: Queryable, row: unknown): Promise<boolean> {
  const result = await client.query({
    name: 'merge.copy-restore',
    text: 'insert into messages select * from jsonb_populate_record(null::messages, $1::jsonb) on conflict do nothing',
    values: [JSON.stringify(row)],
  });
  return result.rowCount === 1;
}

/** What the timeline counts, as `isQuietLine` says: of the lines that nobody wrote, missed calls alone. */
function counts(alias: string): string {
  return `(${alias}.type <> 'SYSTEM' or ${alias}.metadata ->> 'kind' = 'missed_call') is true`;
}

/** The timeline of a ticket as its messages tell it, and what its preview is made of. */
export type Recount = Pick<
  TicketRow,
  'id' | 'firstIn' | 'lastIn' | 'firstOut' | 'lastOut' | 'inCount' | 'outCount' | 'lastMessageAt' | 'lastMessageId'
> & { type: MessageRow['type'] | null; content: string | null; caption: string | null; revokedAt: Date | null };

/** Counts the messages of the tickets anew. */
export async function recountTickets(client: Queryable, tenantId: string, ticketIds: string[]): Promise<Recount[]> {
  const result = await client.query<Recount>({
    name: 'merge.recount',
    text: `select t.id, c.*, n.occurred_at as "lastMessageAt", n.id as "lastMessageId", n.type, n.content, n.caption, n.revoked_at as "revokedAt"
      from unnest($2::uuid[]) t(id)
      cross join lateral (select
          min(m.occurred_at) filter (where m.direction = 'INBOUND') as "firstIn", max(m.occurred_at) filter (where m.direction = 'INBOUND') as "lastIn",
          min(m.occurred_at) filter (where m.direction = 'OUTBOUND') as "firstOut", max(m.occurred_at) filter (where m.direction = 'OUTBOUND') as "lastOut",
          (count(*) filter (where m.direction = 'INBOUND'))::int as "inCount", (count(*) filter (where m.direction = 'OUTBOUND'))::int as "outCount"
        from messages m where m.tenant_id = $1 and m.ticket_id = t.id and ${counts('m')}) c
      left join lateral (select m.id, m.occurred_at, m.type, m.content, m.caption, m.revoked_at from messages m
        where m.tenant_id = $1 and m.ticket_id = t.id order by ${counts('m')} desc, m.occurred_at desc, m.id desc limit 1) n on true
      order by t.id`,
    values: [tenantId, ticketIds],
  });
  return result.rows;
}
