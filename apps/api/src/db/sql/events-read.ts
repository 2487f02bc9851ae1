// Statements that read the event log: where it stands, a page of it, what is new for many tenants at once.
import type { Queryable } from '../database.js';

/** Where a tenant's log stands. */
export interface PositionRow {
  tenantId: string;
  epoch: string;
  floor: number;
  head: number;
}

/** A stored event; `payload` is the stored text, without eventId, epoch and seq. */
export interface StoredEventRow {
  tenantId: string;
  epoch: string;
  seq: number;
  eventId: string;
  type: string;
  payload: string;
  contactId: string | null;
}

// float8 is exact below 2^53 and arrives as a number on both databases, whatever the pool makes of int8.
const EVENT_COLUMNS = `e.seq::float8 as seq, e.event_id::text as "eventId", e.type, e.payload::text as payload,
  e.contact_id::text as "contactId"`;

/** Positions of the tenants that have a stream. An emptied log stands at its floor. */
export async function selectPositions(db: Queryable, tenantIds: readonly string[]): Promise<PositionRow[]> {
  const { rows } = await db.query<PositionRow>({
    name: 'log_positions',
    text: `select s.tenant_id as "tenantId", s.epoch, s.floor_seq::float8 as floor,
             greatest(s.floor_seq, coalesce(last.seq, 0))::float8 as head
           from streams s
           left join lateral (select e.seq from events e where e.tenant_id = s.tenant_id order by e.seq desc limit 1) last on true
           where s.tenant_id = any($1::text[])`,
    values: [tenantIds],
  });
  return rows;
}

/** The next events of each tenant after its seq, at most `limit` each, in order. One round trip for all tenants. */
export async function selectEventsAfter(
  db: Queryable,
  cursors: readonly { tenantId: string; after: number }[],
  limit: number,
): Promise<StoredEventRow[]> {
  const { rows } = await db.query<StoredEventRow>({
    name: 'log_after',
    text: `select d.tenant_id as "tenantId", s.epoch, ${EVENT_COLUMNS}
           from unnest($1::text[], $2::bigint[]) as d(tenant_id, after)
           join streams s on s.tenant_id = d.tenant_id
           cross join lateral (
             select * from events e where e.tenant_id = d.tenant_id and e.seq > d.after order by e.seq limit $3) e
           order by d.tenant_id, e.seq`,
    values: [cursors.map((cursor) => cursor.tenantId), cursors.map((cursor) => cursor.after), limit],
  });
  return rows;
}
