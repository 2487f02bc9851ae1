// Statements of tickets over REST.
import type { TicketStatus } from '@recado/contracts';
import type { Queryable } from '../database.js';
import { ticketColumns } from './columns.js';
import type { TicketRow } from './rows.js';

/** A ticket and the face of its contact. */
export interface TicketWithContactRow extends TicketRow {
  contactName: string | null;
  contactPhone: string | null;
}

const SELECT = `select ${ticketColumns('t')}, c.name as "contactName", c.phone as "contactPhone"
  from tickets t left join contacts c on c.tenant_id = t.tenant_id and c.id = t.contact_id`;

/** What tickets are sorted by before their id. `slotOf` is what the index has of the instant: it is looked up first. */
const SORTS = {
  lastMessageAt: { column: 't.last_message_at', slot: 't.list_slot', slotOf: 'ticket_list_slot' },
  createdAt: { column: 't.created_at', slot: null, slotOf: null },
  updatedAt: { column: 't.updated_at', slot: null, slotOf: null },
} as const;
export type TicketSort = keyof typeof SORTS;

export interface TicketFilter {
  tenantId: string;
  statuses?: readonly TicketStatus[];
  /** null: tickets without a queue. */
  queueId?: string | null;
  assigneeId?: string | null;
  instanceId?: string;
  unread?: boolean;
  /** Part of the contact's name or telephone. */
  q?: string;
}

/** A page of tickets. `after` is the sort value and id of the last row of the page before; nulls sort as newest. */
export async function selectTickets(
  db: Queryable,
  query: TicketFilter & {
    sort: TicketSort;
    descending: boolean;
    after: { at: Date | null; id: string } | null;
    limit: number;
  },
): Promise<TicketWithContactRow[]> {
  const values: unknown[] = [query.tenantId];
  const bind = (value: unknown) => `$${values.push(value)}`;
  // A ticket that went into another lives on there.
  const conditions = ['t.tenant_id = $1', 't.merged_into is null'];
  if (query.statuses) conditions.push(`t.status = any(${bind(query.statuses)}::text[])`);
  if (query.queueId !== undefined) conditions.push(`t.queue_id is not distinct from ${bind(query.queueId)}::uuid`);
  if (query.assigneeId !== undefined) conditions.push(`t.assignee_id is not distinct from ${bind(query.assigneeId)}`);
  if (query.instanceId !== undefined) conditions.push(`t.instance_id = ${bind(query.instanceId)}`);
  if (query.unread !== undefined) conditions.push(query.unread ? 't.unread > 0' : 't.unread = 0');
  if (query.q !== undefined) {
    const pattern = bind(likePattern(query.q));
    conditions.push(`(c.name ilike ${pattern} or c.push_name ilike ${pattern} or c.phone ilike ${pattern})`);
  }
  const { column, slot, slotOf } = SORTS[query.sort];
  const [direction, beyond] = query.descending ? ['desc', '<'] : ['asc', '>'];
  if (query.after) {
    const { at } = query.after;
    const id = bind(query.after.id);
    if (at === null) {
      const sameNull = `(${column} is null and t.id ${beyond} ${id}::uuid)`;
      conditions.push(query.descending ? `(${sameNull} or ${column} is not null)` : sameNull);
    } else {
      const instant = `${bind(at)}::timestamptz`;
      const further =
        slot === null
          ? `(${column}, t.id) ${beyond} (${instant}, ${id}::uuid)`
          : `(${slot}, ${column}, t.id) ${beyond} (${slotOf}(${instant}), ${instant}, ${id}::uuid)`;
      conditions.push(query.descending ? further : `(${further} or ${column} is null)`);
    }
  }
  const order = [...(slot === null ? [] : [slot]), column, 't.id'].map((sorted) => `${sorted} ${direction}`);
  const { rows } = await db.query<TicketWithContactRow>({
    text: `${SELECT} where ${conditions.join(' and ')} order by ${order.join(', ')} limit ${bind(query.limit)}`,
    values,
  });
  return rows;
}

/** One ticket of the tenant. */
export async function selectTicket(
  db: Queryable,
  { tenantId, id }: { tenantId: string; id: string },
): Promise<TicketWithContactRow | null> {
  const { rows } = await db.query<TicketWithContactRow>(`${SELECT} where t.tenant_id = $1 and t.id = $2`, [
    tenantId,
    id,
  ]);
  return rows[0] ?? null;
}

/** Some tickets of the tenant, in no order. */
export async function selectTicketsById(
  db: Queryable,
  { tenantId, ids }: { tenantId: string; ids: string[] },
): Promise<TicketWithContactRow[]> {
  const { rows } = await db.query<TicketWithContactRow>(`${SELECT} where t.tenant_id = $1 and t.id = any($2::uuid[])`, [
    tenantId,
    ids,
  ]);
  return rows;
}

/** Locks one ticket until the transaction ends. */
export async function lockTicket(
  client: Queryable,
  { tenantId, id }: { tenantId: string; id: string },
): Promise<TicketWithContactRow | null> {
  const { rows } = await client.query<TicketWithContactRow>(
    `${SELECT} where t.tenant_id = $1 and t.id = $2 for no key update of t`,
    [tenantId, id],
  );
  return rows[0] ?? null;
}

/** What a PATCH or a read mark writes, whole. `updatedAt` moves forward by at least a millisecond. */
export type TicketChange = Pick<TicketRow, 'tenantId' | 'id' | 'status' | 'assigneeId' | 'queueId' | 'unread'> & {
  at: Date;
};

/** Writes a locked ticket. A second open ticket of the conversation breaks `tickets_one_open`. */
export async function updateTicket(client: Queryable, change: TicketChange): Promise<TicketRow> {
  const { rows } = await client.query<TicketRow>(
    `update tickets t set status = $3, assignee_id = $4, queue_id = $5, unread = $6,
       resolved_at = case when $3 = 'RESOLVED' and t.status <> 'RESOLVED' then $7::timestamptz when $3 in ('OPEN', 'PENDING', 'ASSIGNED') then null else t.resolved_at end,
       closed_at = case when $3 = 'CLOSED' and t.status <> 'CLOSED' then $7::timestamptz when $3 <> 'CLOSED' then null else t.closed_at end,
       updated_at = greatest($7::timestamptz, t.updated_at + interval '1 millisecond')
     where t.tenant_id = $1 and t.id = $2 returning ${ticketColumns('t')}`,
    [change.tenantId, change.id, change.status, change.assigneeId, change.queueId, change.unread, change.at],
  );
  if (!rows[0]) throw new Error('a locked ticket is gone');
  return rows[0];
}

/** Locks up to `limit` tickets that wait for a queue, in key order. */
export async function lockTicketsWithoutQueue(
  client: Queryable,
  { tenantId, limit }: { tenantId: string; limit: number },
): Promise<TicketWithContactRow[]> {
  const { rows } = await client.query<TicketWithContactRow>(
    `${SELECT} where t.tenant_id = $1 and t.queue_id is null order by t.instance_id, t.chat, t.id limit $2 for no key update of t`,
    [tenantId, limit],
  );
  return rows;
}

/** Puts locked tickets into a queue. */
export async function updateTicketsQueue(
  client: Queryable,
  { tenantId, ids, queueId, at }: { tenantId: string; ids: string[]; queueId: string; at: Date },
): Promise<TicketRow[]> {
  const { rows } = await client.query<TicketRow>(
    `update tickets t set queue_id = $3, updated_at = greatest($4::timestamptz, t.updated_at + interval '1 millisecond')
     where t.tenant_id = $1 and t.id = any($2::uuid[]) returning ${ticketColumns('t')}`,
    [tenantId, ids, queueId, at],
  );
  return rows;
}

/** A LIKE pattern that finds the text anywhere, its own wildcards taken literally. */
export function likePattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
