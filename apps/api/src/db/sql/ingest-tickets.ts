// Statements of ingest's threading step: open tickets found, locked, opened, reopened and moved forward.
import { boolArray, int4Array, textArray, timestamptzArray, uuidArray } from '../binary-arrays.js';
import type { Queryable } from '../database.js';
import { rowReader, ticketColumns } from './columns.js';
import type { TicketRow } from './rows.js';

/** A conversation: the chat column of a ticket in its instance. */
export interface ChatAddress {
  tenantId: string;
  instanceId: string;
  chat: string;
}

function chatArrays(chats: ChatAddress[]): Buffer[] {
  return [
    textArray(chats.map((chat) => chat.tenantId)),
    textArray(chats.map((chat) => chat.instanceId)),
    textArray(chats.map((chat) => chat.chat)),
  ];
}

/**
 * A locked ticket with its contact's face, when that was last changed, and the default queue it may still be lacking. `tid` is where
 * its row is, for as long as this transaction has not written it.
 */
export interface LockedTicket extends TicketRow {
  tid: string;
  contactName: string | null;
  contactPhone: string | null;
  contactUpdatedAt: Date;
  defaultQueueId: string | null;
}

/** A ticket in the order of `LOCKED_COLUMNS`. */
export const NO_TICKET: LockedTicket = {
  tenantId: '',
  id: '',
  instanceId: '',
  chat: '',
  contactId: '',
  queueId: null,
  assigneeId: null,
  status: 'OPEN',
  isHistory: false,
  mergedInto: null,
  firstIn: null,
  lastIn: null,
  firstOut: null,
  lastOut: null,
  inCount: 0,
  outCount: 0,
  unread: 0,
  lastMessageAt: null,
  lastMessageId: null,
  preview: null,
  resolvedAt: null,
  closedAt: null,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  tid: '',
  contactName: null,
  contactPhone: null,
  contactUpdatedAt: new Date(0),
  defaultQueueId: null,
};
const toLockedTicket = rowReader(NO_TICKET);

const LOCKED_COLUMNS = `${ticketColumns('t')}, t.ctid::text as tid, c.name as "contactName", c.phone as "contactPhone", c.updated_at as "contactUpdatedAt",
      case when t.queue_id is null then (select q.id from queues q where q.tenant_id = t.tenant_id and q.is_default) end as "defaultQueueId"`;

/** Behind the ticket whatever the statistics say: the contacts of a tenant are never gone through one by one. */
const WITH_CONTACT = `cross join lateral (select f.name, f.phone, f.updated_at from contacts f
        where f.tenant_id = t.tenant_id and f.id = t.contact_id limit 1) c`;

/**
 * The open ticket of a chat `g`, by the index that is read backwards: while some session holds an old snapshot every version of a ticket stays in its
 * indexes, and the newest comes last.
 */
export const OPEN_TICKET_OF_G = `from tickets o where o.tenant_id = g.tenant and o.chat = g.chat and o.instance_id = g.instance
        and o.status in ('OPEN', 'PENDING', 'ASSIGNED') order by o.created_at desc limit 1`;

/** Locks the open tickets of the chats in the chats' (sorted) order. Chats without one are missing from the answer. */
export async function lockOpenTickets(client: Queryable, chats: ChatAddress[]): Promise<LockedTicket[]> {
  const result = await client.query<unknown[]>({
    rowMode: 'array',
    name: 'ingest.ticket-lock-open',
    text: `select ${LOCKED_COLUMNS}
      from unnest($1::text[], $2::text[], $3::text[]) with ordinality g(tenant, instance, chat, n)
      cross join lateral (select o.*, o.ctid ${OPEN_TICKET_OF_G} for no key update) t
      ${WITH_CONTACT}
      order by g.n`,
    values: chatArrays(chats),
  });
  return result.rows.map(toLockedTicket);
}

/**
 * Locks the open tickets of the chats together with tickets chosen by id (those of history, echoes and edits), all in the order of
 * `lockOpenTickets`. Look at the status: a ticket that was closed meanwhile comes back as well.
 */
export async function lockTickets(
  client: Queryable,
  chats: ChatAddress[],
  chosen: { tenantId: string; id: string }[],
): Promise<LockedTicket[]> {
  const result = await client.query<unknown[]>({
    rowMode: 'array',
    name: 'ingest.ticket-lock',
    text: `select ${LOCKED_COLUMNS}
      from (select o.tenant_id, o.id from unnest($1::text[], $2::text[], $3::text[]) g(tenant, instance, chat)
          join tickets o on o.tenant_id = g.tenant and o.instance_id = g.instance and o.chat = g.chat and o.status in ('OPEN', 'PENDING', 'ASSIGNED')
        union select * from unnest($4::text[], $5::uuid[])) i(tenant, id)
      join tickets t on t.tenant_id = i.tenant and t.id = i.id
      ${WITH_CONTACT}
      order by t.tenant_id collate "C", t.instance_id collate "C", t.chat collate "C", t.id for no key update of t`,
    values: [
      ...chatArrays(chats),
      textArray(chosen.map((ticket) => ticket.tenantId)),
      uuidArray(chosen.map((ticket) => ticket.id)),
    ],
  });
  return result.rows.map(toLockedTicket);
}

/** The newest ticket of each chat that is no archive of history, with the chat's place in the list. */
export async function latestTickets(client: Queryable, chats: ChatAddress[]): Promise<(TicketRow & { n: number })[]> {
  const result = await client.query<TicketRow & { n: number }>({
    name: 'ingest.ticket-latest',
    text: `select (g.n - 1)::int as n, ${ticketColumns('t')}
      from unnest($1::text[], $2::text[], $3::text[]) with ordinality g(tenant, instance, chat, n)
      join lateral (select * from tickets l where l.tenant_id = g.tenant and l.instance_id = g.instance and l.chat = g.chat and not l.is_history
        order by l.created_at desc, l.id desc limit 1) t on true`,
    values: chatArrays(chats),
  });
  return result.rows;
}

/** For a message of the past: the ticket that was open at that time, else the chat's archive. */
export async function ticketsOfTime(
  client: Queryable,
  asked: (ChatAddress & { at: Date })[],
): Promise<{ n: number; id: string }[]> {
  const result = await client.query<{ n: number; id: string }>({
    name: 'ingest.ticket-of-time',
    text: `select (g.n - 1)::int as n, t.id from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) with ordinality g(tenant, instance, chat, at, n)
      join lateral (select l.id from tickets l where l.tenant_id = g.tenant and l.instance_id = g.instance and l.chat = g.chat
          and (l.is_history or (least(l.first_in, l.first_out) <= g.at and (coalesce(l.closed_at, l.resolved_at) is null or g.at <= coalesce(l.closed_at, l.resolved_at))))
        order by l.is_history, l.created_at desc limit 1) t on true`,
    values: [...chatArrays(asked), timestamptzArray(asked.map((one) => one.at))],
  });
  return result.rows;
}

/** A ticket to open, or the CLOSED archive of a chat's history. */
export interface NewTicket extends ChatAddress {
  id: string;
  contactId: string;
  isHistory: boolean;
  at: Date;
}

/** Opens tickets in the order handed in. Where a racing batch was first, nothing happens: the lock that follows finds its ticket. */
export function insertTickets(client: Queryable, tickets: NewTicket[]): Promise<unknown> {
  return client.query({
    name: 'ingest.ticket-insert',
    text: `insert into tickets (tenant_id, instance_id, chat, id, contact_id, is_history, status, queue_id, closed_at, created_at, updated_at)
      select i.tenant, i.instance, i.chat, i.id, i.contact, i.history, case when i.history then 'CLOSED' else 'OPEN' end,
        (select q.id from queues q where q.tenant_id = i.tenant and q.is_default), case when i.history then i.at end, i.at, i.at
      from unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::bool[], $7::timestamptz[]) with ordinality i(tenant, instance, chat, id, contact, history, at, n)
      order by i.n on conflict do nothing`,
    values: [
      ...chatArrays(tickets),
      uuidArray(tickets.map((ticket) => ticket.id)),
      uuidArray(tickets.map((ticket) => ticket.contactId)),
      boolArray(tickets.map((ticket) => ticket.isHistory)),
      timestamptzArray(tickets.map((ticket) => ticket.at)),
    ],
  });
}

/** Reopens RESOLVED tickets; one that somebody reopened or closed meanwhile is left alone. Returns the ids reopened. */
export async function reopenTickets(
  client: Queryable,
  tickets: { tenantId: string; id: string }[],
): Promise<Set<string>> {
  const result = await client.query<{ id: string }>({
    name: 'ingest.ticket-reopen',
    text: `with locked as (select t.tenant_id, t.id from unnest($1::text[], $2::uuid[]) i(tenant, id)
        join tickets t on t.tenant_id = i.tenant and t.id = i.id and t.status = 'RESOLVED'
        order by t.tenant_id collate "C", t.instance_id collate "C", t.chat collate "C", t.id for no key update of t)
      update tickets t set status = case when t.assignee_id is null then 'OPEN' else 'ASSIGNED' end, resolved_at = null
      from locked l where t.tenant_id = l.tenant_id and t.id = l.id
        and not exists (select 1 from tickets o where o.tenant_id = t.tenant_id and o.instance_id = t.instance_id and o.chat = t.chat and o.status in ('OPEN', 'PENDING', 'ASSIGNED'))
      returning t.id`,
    values: [textArray(tickets.map((ticket) => ticket.tenantId)), uuidArray(tickets.map((ticket) => ticket.id))],
  });
  return new Set(result.rows.map((row) => row.id));
}

/**
 * Writes what a batch counted into tickets it has locked and not written yet, where their rows are: no index is asked. Returns how many were
 * found; the batch must not go on without all of them.
 */
export async function moveTickets(client: Queryable, tickets: LockedTicket[]): Promise<number> {
  const { rowCount } = await client.query({
    name: 'ingest.ticket-move',
    text: `${updateFrom(', $15::text[]', ', tid')} where t.ctid = i.tid::tid and t.tenant_id = i.tenant and t.id = i.id`,
    values: [...ticketArrays(tickets), textArray(tickets.map((row) => row.tid))],
  });
  return rowCount ?? 0;
}

/** Writes tickets by their ids. */
export function updateTickets(client: Queryable, tickets: TicketRow[]): Promise<unknown> {
  return client.query({
    name: 'ingest.ticket-update',
    text: `${updateFrom()} where t.tenant_id = i.tenant and t.id = i.id`,
    values: ticketArrays(tickets),
  });
}

/** The update up to its condition, from the arrays of `ticketArrays` and what a statement has beside them. */
function updateFrom(moreArrays = '', moreNames = ''): string {
  return `update tickets t set first_in = i.first_in, last_in = i.last_in, first_out = i.first_out, last_out = i.last_out,
        in_count = i.in_count, out_count = i.out_count, unread = i.unread, last_message_at = i.last_message_at, last_message_id = i.last_message_id,
        preview = i.preview, queue_id = i.queue_id, updated_at = i.updated_at
      from unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::int[], $8::int[], $9::int[],
        $10::timestamptz[], $11::uuid[], $12::text[], $13::uuid[], $14::timestamptz[]${moreArrays})
        i(tenant, id, first_in, last_in, first_out, last_out, in_count, out_count, unread, last_message_at, last_message_id, preview, queue_id, updated_at${moreNames})`;
}

function ticketArrays(tickets: TicketRow[]): Buffer[] {
  return [
    textArray(tickets.map((row) => row.tenantId)),
    uuidArray(tickets.map((row) => row.id)),
    timestamptzArray(tickets.map((row) => row.firstIn)),
    timestamptzArray(tickets.map((row) => row.lastIn)),
    timestamptzArray(tickets.map((row) => row.firstOut)),
    timestamptzArray(tickets.map((row) => row.lastOut)),
    int4Array(tickets.map((row) => row.inCount)),
    int4Array(tickets.map((row) => row.outCount)),
    int4Array(tickets.map((row) => row.unread)),
    timestamptzArray(tickets.map((row) => row.lastMessageAt)),
    uuidArray(tickets.map((row) => row.lastMessageId)),
    textArray(tickets.map((row) => row.preview)),
    uuidArray(tickets.map((row) => row.queueId)),
    timestamptzArray(tickets.map((row) => row.updatedAt)),
  ];
}
