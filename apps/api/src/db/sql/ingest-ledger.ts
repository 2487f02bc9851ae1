// Statements of the ledger: deliveries, a row per item with its verdict, and what waits in parked_events.
import {
  byteaArray,
  dateArray,
  int4Array,
  jsonArray,
  textArray,
  timestamptzArray,
  uuidArray,
} from '../binary-arrays.js';
import type { Queryable } from '../database.js';
import type { MessageAddress } from './ingest-messages.js';

export interface DeliveryRow {
  day: string;
  tenantId: string;
  id: string;
  instanceId: string;
  transport: string;
  sha256: Buffer;
  raw: Buffer;
  itemCount: number;
  traceId: string;
  receivedAt: Date;
}

const INSERT_DELIVERIES = `insert into deliveries as d (day, tenant_id, id, instance_id, transport, sha256, raw, item_count, trace_id, received_at)
      select * from unnest($1::date[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::bytea[], $7::bytea[], $8::int[], $9::text[], $10::timestamptz[])`;

/** Stores the raw bodies of deliveries that are wholly in this transaction; the partition is the day of arrival. */
export function insertDeliveries(client: Queryable, rows: DeliveryRow[]): Promise<unknown> {
  return client.query({ name: 'ingest.delivery-insert', text: INSERT_DELIVERIES, values: deliveryArrays(rows) });
}

/** The same for those split over transactions: the first stores the body, each counts its items. */
export function upsertDeliveries(client: Queryable, rows: DeliveryRow[]): Promise<unknown> {
  return client.query({
    name: 'ingest.delivery-upsert',
    text: `${INSERT_DELIVERIES} on conflict (day, tenant_id, id) do update set item_count = d.item_count + excluded.item_count`,
    values: deliveryArrays(rows),
  });
}

function deliveryArrays(rows: DeliveryRow[]): Buffer[] {
  return [
    dateArray(rows.map((row) => row.day)),
    textArray(rows.map((row) => row.tenantId)),
    uuidArray(rows.map((row) => row.id)),
    textArray(rows.map((row) => row.instanceId)),
    textArray(rows.map((row) => row.transport)),
    byteaArray(rows.map((row) => row.sha256)),
    byteaArray(rows.map((row) => row.raw)),
    int4Array(rows.map((row) => row.itemCount)),
    textArray(rows.map((row) => row.traceId)),
    timestamptzArray(rows.map((row) => row.receivedAt)),
  ];
}

export interface LedgerRow {
  day: string;
  tenantId: string;
  id: string;
  deliveryId: string;
  itemIndex: number;
  instanceId: string;
  kind: string;
  externalId: string | null;
  verdict: string;
  reason: string;
  messageId: string | null;
  contactId: string | null;
}

/** One row per item. */
export function insertLedger(client: Queryable, rows: LedgerRow[]): Promise<unknown> {
  return client.query({
    name: 'ingest.ledger-insert',
    text: `insert into inbox_events (day, tenant_id, id, delivery_id, item_index, instance_id, kind, external_id, verdict, reason, message_id, contact_id)
      select * from unnest($1::date[], $2::text[], $3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::uuid[], $12::uuid[])`,
    values: [
      dateArray(rows.map((row) => row.day)),
      textArray(rows.map((row) => row.tenantId)),
      uuidArray(rows.map((row) => row.id)),
      uuidArray(rows.map((row) => row.deliveryId)),
      int4Array(rows.map((row) => row.itemIndex)),
      textArray(rows.map((row) => row.instanceId)),
      textArray(rows.map((row) => row.kind)),
      textArray(rows.map((row) => row.externalId)),
      textArray(rows.map((row) => row.verdict)),
      textArray(rows.map((row) => row.reason)),
      uuidArray(rows.map((row) => row.messageId)),
      uuidArray(rows.map((row) => row.contactId)),
    ],
  });
}

/** The verdict of a row that waited: bound, redriven or given up. */
export interface LedgerRewrite {
  day: string;
  tenantId: string;
  id: string;
  verdict: string;
  reason: string;
  messageId: string | null;
}

/** Gives rows that waited their verdict. A row that a rival has given one meanwhile keeps it. */
export function rewriteLedger(client: Queryable, rows: LedgerRewrite[]): Promise<unknown> {
  return client.query({
    name: 'ingest.ledger-rewrite',
    text: `update inbox_events e set verdict = i.verdict, reason = i.reason, message_id = coalesce(i.message, e.message_id)
      from unnest($1::date[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::uuid[]) i(day, tenant, id, verdict, reason, message)
      where e.day = i.day and e.tenant_id = i.tenant and e.id = i.id and e.verdict = 'parked'`,
    values: [
      dateArray(rows.map((row) => row.day)),
      textArray(rows.map((row) => row.tenantId)),
      uuidArray(rows.map((row) => row.id)),
      textArray(rows.map((row) => row.verdict)),
      textArray(rows.map((row) => row.reason)),
      uuidArray(rows.map((row) => row.messageId)),
    ],
  });
}

/** Something that waits. `event` is JSON text: a canonical change, or the raw item of poison. */
export interface ParkedRow {
  tenantId: string;
  id: string;
  instanceId: string;
  kind: 'status' | 'edit' | 'reaction' | 'revoke' | 'poison' | 'unrouted';
  targetId: string;
  itemKey: string;
  event: string;
  reason: string;
  error: string | null;
  attempts: number;
  ledgerDay: string;
  ledgerId: string;
  traceId: string;
  receivedAt: Date;
  expiresAt: Date | null;
}

/** Parks; a copy of what waits already does not come back. */
export async function insertParked(client: Queryable, rows: ParkedRow[]): Promise<Set<string>> {
  const result = await client.query<{ id: string }>({
    name: 'ingest.parked-insert',
    text: `insert into parked_events (tenant_id, id, instance_id, kind, target_id, item_key, event, reason, error, attempts, ledger_day, ledger_id, trace_id, received_at, expires_at)
      select * from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::json[], $8::text[], $9::text[], $10::int[], $11::date[], $12::uuid[], $13::text[], $14::timestamptz[], $15::timestamptz[])
      on conflict (tenant_id, instance_id, target_id, kind, item_key) do nothing returning id`,
    values: [
      textArray(rows.map((row) => row.tenantId)),
      uuidArray(rows.map((row) => row.id)),
      textArray(rows.map((row) => row.instanceId)),
      textArray(rows.map((row) => row.kind)),
      textArray(rows.map((row) => row.targetId)),
      textArray(rows.map((row) => row.itemKey)),
      jsonArray(rows.map((row) => row.event)),
      textArray(rows.map((row) => row.reason)),
      textArray(rows.map((row) => row.error)),
      int4Array(rows.map((row) => row.attempts)),
      dateArray(rows.map((row) => row.ledgerDay)),
      uuidArray(rows.map((row) => row.ledgerId)),
      textArray(rows.map((row) => row.traceId)),
      timestamptzArray(rows.map((row) => row.receivedAt)),
      timestamptzArray(rows.map((row) => row.expiresAt)),
    ],
  });
  return new Set(result.rows.map((row) => row.id));
}

/** A parked change as it is read back. */
export interface WaitingRow {
  tenantId: string;
  id: string;
  instanceId: string;
  targetId: string;
  event: unknown;
  ledgerDay: string;
  ledgerId: string;
  traceId: string;
  receivedAt: Date;
}

const WAITING_COLUMNS = `p.tenant_id as "tenantId", p.id, p.instance_id as "instanceId", p.target_id as "targetId", p.event,
      p.ledger_day::text as "ledgerDay", p.ledger_id as "ledgerId", p.trace_id as "traceId", p.received_at as "receivedAt"`;

/** The changes that wait for one of these messages. Read under the tenant's log lock. */
export async function changesWaitingFor(client: Queryable, messages: MessageAddress[]): Promise<WaitingRow[]> {
  const result = await client.query<WaitingRow>({
    name: 'ingest.parked-for',
    text: `select ${WAITING_COLUMNS} from unnest($1::text[], $2::text[], $3::text[]) i(tenant, instance, ext)
      join parked_events p on p.tenant_id = i.tenant and p.instance_id = i.instance and p.target_id = i.ext and p.kind in ('status', 'edit', 'reaction', 'revoke')
      order by p.tenant_id, p.id`,
    values: [
      textArray(messages.map((row) => row.tenantId)),
      textArray(messages.map((row) => row.instanceId)),
      textArray(messages.map((row) => row.externalId)),
    ],
  });
  return result.rows;
}

/** The oldest changes that wait for any message of the tickets. Read under the tenant's log lock. */
export async function changesWaitingIn(
  client: Queryable,
  tickets: { tenantId: string; ids: string[]; limit: number },
): Promise<WaitingRow[]> {
  const result = await client.query<WaitingRow>({
    name: 'merge.parked-for',
    text: `select distinct on (p.id) ${WAITING_COLUMNS} from messages m
      join parked_events p on p.tenant_id = m.tenant_id and p.instance_id = m.instance_id and p.target_id = m.external_id
        and p.kind in ('status', 'edit', 'reaction', 'revoke')
      where m.tenant_id = $1 and m.ticket_id = any($2::uuid[]) order by p.id limit $3`,
    values: [tickets.tenantId, tickets.ids, tickets.limit],
  });
  return result.rows;
}

export function deleteParked(client: Queryable, rows: { tenantId: string; id: string }[]): Promise<unknown> {
  return client.query({
    name: 'ingest.parked-delete',
    text: `delete from parked_events p using unnest($1::text[], $2::uuid[]) i(tenant, id) where p.tenant_id = i.tenant and p.id = i.id`,
    values: [rows.map((row) => row.tenantId), rows.map((row) => row.id)],
  });
}

/** What waits for a person: one dead letter, or those of an instance nobody had registered, oldest first. */
export async function deadLetters(
  client: Queryable,
  which:
    | { tenantId: string; id: string }
    | { tenantId: string; instanceId: string; after: string | null; limit: number },
): Promise<WaitingRow[]> {
  const result = await client.query<WaitingRow>({
    text: `select ${WAITING_COLUMNS} from parked_events p
      where p.tenant_id = $1 and p.kind in ('poison', 'unrouted') and ($2::uuid is null or p.id = $2) and ($3::text is null or p.instance_id = $3)
        and ($4::uuid is null or p.id > $4) order by p.id limit $5`,
    values:
      'id' in which
        ? [which.tenantId, which.id, null, null, 1]
        : [which.tenantId, null, which.instanceId, which.after, which.limit],
  });
  return result.rows;
}

/** Counts a redrive that failed again. */
export function noteAttempt(client: Queryable, row: { tenantId: string; id: string }, error: string): Promise<unknown> {
  return client.query({
    text: 'update parked_events set attempts = attempts + 1, error = $3 where tenant_id = $1 and id = $2',
    values: [row.tenantId, row.id, error],
  });
}
