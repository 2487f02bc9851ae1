// Statements of retention: old days of the ledger, and events below their log's floor.
import type { Queryable } from '../database.js';

/** Names of the daily partitions that end before the day of `before` (UTC). */
export async function selectOldPartitions(db: Queryable, before: Date): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `select c.relname as name from pg_inherits i
       join pg_class c on c.oid = i.inhrelid
       join pg_class p on p.oid = i.inhparent
     where p.relname in ('deliveries', 'inbox_events') and c.relname ~ '^(deliveries|inbox_events)_[0-9]{8}$'
       and right(c.relname, 8) < to_char($1::timestamptz at time zone 'UTC', 'YYYYMMDD')
     order by c.relname`,
    [before],
  );
  return rows.map((row) => row.name);
}

/** Drops a partition named by `selectOldPartitions`. Gives up after two seconds rather than hold up ingest behind its lock. */
export async function dropPartition(client: Queryable, name: string): Promise<void> {
  await client.query(`set local lock_timeout = '2s'`);
  await client.query(`drop table if exists "${name}"`);
}

/** Deletes ledger rows before the day of `before` that sit outside a daily partition. Returns how many. */
export async function deleteLeftovers(db: Queryable, before: Date): Promise<number> {
  const events = await db.query(
    `delete from inbox_events_default where day < ($1::timestamptz at time zone 'UTC')::date`,
    [before],
  );
  const deliveries = await db.query(
    `delete from deliveries_default where day < ($1::timestamptz at time zone 'UTC')::date`,
    [before],
  );
  return (events.rowCount ?? 0) + (deliveries.rowCount ?? 0);
}

/**
 * Raises each floor to just below the first event written at or after `oldest`. Event ids are UUIDv7, so they tell when
 * an event was written; `occurred_at` is the broker's time and may lie years back. Returns how many floors moved.
 */
export async function raiseFloors(db: Queryable, oldest: Date): Promise<number> {
  const { rowCount } = await db.query(
    `update streams s set floor_seq = f.floor
     from (
       select t.tenant_id, coalesce(
           (select e.seq - 1 from events e where e.tenant_id = t.tenant_id and e.event_id >= $1::uuid order by e.seq limit 1),
           (select e.seq from events e where e.tenant_id = t.tenant_id order by e.seq desc limit 1)
         ) as floor
       from streams t
     ) f
     where s.tenant_id = f.tenant_id and f.floor > s.floor_seq`,
    [firstUuidAt(oldest)],
  );
  return rowCount ?? 0;
}

/** Deletes up to `limit` events at or below their log's floor. Returns how many. */
export async function deleteBelowFloor(db: Queryable, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from events e
     using (
       select o.tenant_id, o.seq from streams s
         cross join lateral (
           select tenant_id, seq from events where tenant_id = s.tenant_id and seq <= s.floor_seq order by seq limit $1
         ) o
       limit $1
     ) gone
     where e.tenant_id = gone.tenant_id and e.seq = gone.seq`,
    [limit],
  );
  return rowCount ?? 0;
}

/** The smallest UUIDv7 of an instant. */
function firstUuidAt(instant: Date): string {
  const hex = instant.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
