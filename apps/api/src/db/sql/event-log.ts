// Statements of the event log's writing side. Used by events/log.ts alone.
import { int8Array, jsonArray, textArray, timestamptzArray, uuidArray } from '../binary-arrays.js';
import type { Queryable } from '../database.js';
import type { LogPosition } from '../../events/entry.js';

const LOG_LOCK_CLASS = 7301;

/** Takes the log locks of the tenants until the transaction ends, in one global order. */
export const lockTenantLogs = {
  name: 'log.lock',
  text: `select pg_advisory_xact_lock(${LOG_LOCK_CLASS}, k)
    from (select distinct hashtext(t) as k from unnest($1::text[]) t order by 1) keys`,
};

/** Where the logs stand. A statement of its own after the lock: its snapshot then sees every earlier commit. */
export const selectLogPositions = {
  name: 'log.positions',
  text: `select s.tenant_id, s.epoch, s.floor_seq,
      greatest(s.floor_seq, coalesce((select e.seq from events e where e.tenant_id = s.tenant_id order by e.seq desc limit 1), 0)) as head
    from unnest($1::text[]) t(id) join streams s on s.tenant_id = t.id`,
};

interface PositionRow {
  tenant_id: string;
  epoch: string;
  floor_seq: number | string;
  head: number | string;
}

/** Rows of `selectLogPositions` by tenant. */
export function readLogPositions(rows: PositionRow[]): Map<string, LogPosition> {
  return new Map(
    rows.map((row) => [row.tenant_id, { epoch: row.epoch, floor: Number(row.floor_seq), head: Number(row.head) }]),
  );
}

/** A row of table events; `payload` is JSON text without eventId, epoch and seq. */
export interface EventRow {
  tenantId: string;
  seq: number;
  eventId: string;
  type: string;
  payload: string;
  contactId: string | null;
  traceId: string;
  occurredAt: Date;
}

/** Appends rows whose seq was counted under the lock. */
export function insertEvents(client: Queryable, rows: EventRow[]): Promise<unknown> {
  return client.query({
    name: 'log.append',
    text: `insert into events (tenant_id, seq, event_id, type, payload, contact_id, trace_id, occurred_at)
      select * from unnest($1::text[], $2::int8[], $3::uuid[], $4::text[], $5::json[], $6::uuid[], $7::text[], $8::timestamptz[])`,
    values: [
      textArray(rows.map((row) => row.tenantId)),
      int8Array(rows.map((row) => row.seq)),
      uuidArray(rows.map((row) => row.eventId)),
      textArray(rows.map((row) => row.type)),
      jsonArray(rows.map((row) => row.payload)),
      uuidArray(rows.map((row) => row.contactId)),
      textArray(rows.map((row) => row.traceId)),
      timestamptzArray(rows.map((row) => row.occurredAt)),
    ],
  });
}
