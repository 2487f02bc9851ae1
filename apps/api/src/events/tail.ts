// Reading a tenant's log: positions and pages, composed to the bytes that are sent.
import type { Queryable } from '../db/database.js';
import type { StoredEventRow } from '../db/sql/events-read.js';
import { selectEventsAfter, selectPositions } from '../db/sql/events-read.js';
import type { LogEntry, LogPosition } from './entry.js';
import { byTenant } from './by-tenant.js';
import { composePayload } from './entry.js';

/** Where each tenant's log stands; a tenant without a log is missing. */
export async function readPositions(db: Queryable, tenantIds: readonly string[]): Promise<Map<string, LogPosition>> {
  const rows = await selectPositions(db, tenantIds);
  return new Map(rows.map(({ tenantId, epoch, floor, head }) => [tenantId, { epoch, floor, head }]));
}

/** The events after `after`, at most `limit`, in seq order. */
export async function readPage(db: Queryable, tenantId: string, after: number, limit: number): Promise<LogEntry[]> {
  return (await selectEventsAfter(db, [{ tenantId, after }], limit)).map(toEntry);
}

/** The events after each tenant's cursor, at most `limit` a tenant, grouped by tenant, in seq order; one query. */
export async function readNews(
  db: Queryable,
  cursors: readonly { tenantId: string; after: number }[],
  limit: number,
): Promise<Map<string, LogEntry[]>> {
  const rows = await selectEventsAfter(db, cursors, limit);
  return byTenant(rows.map(toEntry));
}

function toEntry(row: StoredEventRow): LogEntry {
  const { tenantId, epoch, seq, eventId, type, contactId } = row;
  return {
    tenantId,
    epoch,
    seq,
    eventId,
    type,
    payload: composePayload({ eventId, epoch, seq }, row.payload),
    contactId,
  };
}
