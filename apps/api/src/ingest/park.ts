// Parking: what cannot be decided now is kept with its reason, and its ledger row says so.
import type { Reason } from '@recado/contracts';
import type { Queryable } from '../db/database.js';
import { insertParked, type ParkedRow } from '../db/sql/ingest-ledger.js';
import { newId } from '../ids.js';
import type { Work } from './work.js';

/** How an item waits. A copy of the same kind, target and key waits once. */
export interface Parking extends Pick<ParkedRow, 'kind' | 'targetId' | 'itemKey' | 'event' | 'expiresAt'> {
  reason: Reason;
  /** Why it was refused, when it was tried. */
  error?: string;
}

/** Parks the items and sets their outcomes: `parked`, or `duplicate` for a copy of what waits already. */
export async function parkWorks<Waiting extends Work>(
  client: Queryable,
  works: Waiting[],
  parkingOf: (work: Waiting) => Parking,
): Promise<void> {
  if (works.length === 0) return;
  const waiting = works.map((work) => ({ work, id: newId(), parking: parkingOf(work) }));
  const parked = await insertParked(
    client,
    waiting.map(({ work: { delivery, ledger }, id, parking }) => ({
      ...parking,
      id,
      tenantId: delivery.tenantId,
      instanceId: delivery.instanceId,
      error: parking.error ?? null,
      attempts: parking.error === undefined ? 0 : 1,
      ledgerDay: ledger.day,
      ledgerId: ledger.id,
      traceId: delivery.traceId,
      receivedAt: delivery.receivedAt,
    })),
  );
  for (const { work, id, parking } of waiting) {
    work.outcome = parked.has(id)
      ? { verdict: 'parked', reason: parking.reason, messageId: null }
      : { verdict: 'duplicate', reason: 'duplicate', messageId: null };
  }
}
