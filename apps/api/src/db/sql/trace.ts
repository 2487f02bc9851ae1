// "Where is my message?": everything stored under a broker's id, a message id or a trace id.
import type { Queryable } from '../database.js';
import { messageColumns } from './columns.js';
import type { MessageRow } from './rows.js';

const MAX_ROWS = 100;

/** Which messages and traces an answer is about. */
export interface TraceKeys {
  tenantId: string;
  messageIds: string[];
  externalIds: string[];
  traceIds: string[];
}

/** The messages that carry the id as broker id, own id (when it is a UUID) or trace id. */
export async function selectTracedMessages(
  db: Queryable,
  { tenantId, id, uuid }: { tenantId: string; id: string; uuid: string | null },
): Promise<MessageRow[]> {
  const { rows } = await db.query<MessageRow>(
    `select ${messageColumns('m')} from messages m
     where m.tenant_id = $1 and (m.external_id = $2 or m.id = $3::uuid or m.trace_id = $2) order by m.occurred_at, m.id limit ${MAX_ROWS}`,
    [tenantId, id, uuid],
  );
  return rows;
}

/** A ledger row with what its delivery says. */
export interface TracedItemRow {
  deliveryId: string;
  itemIndex: number;
  kind: string;
  externalId: string | null;
  verdict: string;
  reason: string;
  messageId: string | null;
  instanceId: string;
  transport: string;
  sha256: string;
  itemCount: number;
  traceId: string;
  receivedAt: Date;
}

/** The ledger rows of these broker ids, messages or traces, oldest first. */
export async function selectTracedItems(db: Queryable, keys: TraceKeys): Promise<TracedItemRow[]> {
  const { rows } = await db.query<TracedItemRow>(
    `select i.delivery_id as "deliveryId", i.item_index as "itemIndex", i.kind, i.external_id as "externalId", i.verdict, i.reason,
       i.message_id as "messageId", d.instance_id as "instanceId", d.transport, encode(d.sha256, 'hex') as sha256,
       d.item_count as "itemCount", d.trace_id as "traceId", d.received_at as "receivedAt"
     from inbox_events i join deliveries d on d.day = i.day and d.tenant_id = i.tenant_id and d.id = i.delivery_id
     where i.tenant_id = $1 and (i.external_id = any($2::text[]) or i.message_id = any($3::uuid[]) or d.trace_id = any($4::text[]))
     order by d.received_at, d.id, i.item_index limit ${MAX_ROWS}`,
    [keys.tenantId, keys.externalIds, keys.messageIds, keys.traceIds],
  );
  return rows;
}

/** An event of the log, without its payload. */
export interface TracedEventRow {
  seq: number;
  type: string;
  traceId: string;
  occurredAt: Date;
}

/** The events that name these messages or come of these traces, in seq order. */
export async function selectTracedEvents(db: Queryable, keys: TraceKeys): Promise<TracedEventRow[]> {
  const { rows } = await db.query<TracedEventRow>(
    `select e.seq::float8 as seq, e.type, e.trace_id as "traceId", e.occurred_at as "occurredAt" from events e
     where e.tenant_id = $1 and (e.trace_id = any($2::text[]) or e.payload->>'messageId' = any($3::text[]))
     order by e.seq limit ${MAX_ROWS}`,
    [keys.tenantId, keys.traceIds, keys.messageIds],
  );
  return rows;
}
