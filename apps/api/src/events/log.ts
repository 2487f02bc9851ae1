// The event log's writing side: per-tenant gap-free numbers, counted under the tenant's lock, the last lock of a transaction.
//
// Invariants (DESIGN 4.5):
// - the lock is held until COMMIT, so commit order is sequence order and `seq > cursor` is a safe read;
// - nothing is locked after it but rows that are only ever written under it: messages (updates), parked_events, events.
import { newId } from '../ids.js';
import type { DomainEventType } from '@recado/contracts';
import type { Queryable } from '../db/database.js';
import {
  insertEvents,
  type EventRow,
  lockTenantLogs as lockStatement,
  readLogPositions,
  selectLogPositions,
} from '../db/sql/event-log.js';
import { CommittedEntry, type LogEntry, type LogPosition } from './entry.js';

/** An event to append. `payload` follows DESIGN 10 without `eventId`, `epoch` and `seq`, beginning with `tenantId`. */
export interface NewEvent {
  tenantId: string;
  type: DomainEventType;
  payload: object;
  contactId: string | null;
  traceId: string;
  occurredAt: Date;
}

/** Locks the logs of the tenants and tells where they stand. Call it again in the same transaction freely. */
export async function lockTenantLogs(client: Queryable, tenantIds: string[]): Promise<Map<string, LogPosition>> {
  const tenants = [[...new Set(tenantIds)]];
  // Written without waiting in between, so that a pipelined client spends one round trip on both.
  const [, positions] = await Promise.all([
    client.query({ ...lockStatement, values: tenants }),
    client.query({ ...selectLogPositions, values: tenants }),
  ]);
  return readLogPositions(positions.rows);
}

/** Events that have their numbers: the rows to insert and the entries to hand to the hub after COMMIT. */
export interface NumberedEvents {
  rows: EventRow[];
  entries: LogEntry[];
}

/** Numbers the events after `positions`, which it moves. The tenants' log locks must be held. */
export function numberEvents(positions: Map<string, LogPosition>, events: NewEvent[]): NumberedEvents {
  const numbered: NumberedEvents = { rows: [], entries: [] };
  for (const event of events) {
    const position = positions.get(event.tenantId);
    if (!position) throw new Error('the tenant has no stream row');
    position.head += 1;
    const { tenantId, type, contactId, traceId, occurredAt } = event;
    const { epoch, head: seq } = position;
    const eventId = newId();
    const payload = JSON.stringify(event.payload);
    numbered.rows.push({ tenantId, seq, eventId, type, payload, contactId, traceId, occurredAt });
    numbered.entries.push(new CommittedEntry({ tenantId, epoch, seq, eventId, type, contactId }, payload));
  }
  return numbered;
}

/** Writes numbered events. Throws at once, before anything is sent, when a row cannot be encoded. */
export function writeEvents(client: Queryable, { rows }: NumberedEvents): Promise<unknown> {
  return rows.length > 0 ? insertEvents(client, rows) : Promise.resolve();
}

/** Numbers the events after `positions` (which it moves) and writes them. The tenants' log locks must be held. */
export async function appendAt(
  client: Queryable,
  positions: Map<string, LogPosition>,
  events: NewEvent[],
): Promise<LogEntry[]> {
  const numbered = numberEvents(positions, events);
  await writeEvents(client, numbered);
  return numbered.entries;
}

/** Locks the logs of the events' tenants and appends. Returns the entries to hand to the hub after COMMIT. */
export async function appendEvents(client: Queryable, events: NewEvent[]): Promise<LogEntry[]> {
  if (events.length === 0) return [];
  const positions = await lockTenantLogs(
    client,
    events.map((event) => event.tenantId),
  );
  return appendAt(client, positions, events);
}
