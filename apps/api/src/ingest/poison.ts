// Poison: an item the database or our own code refuses. It is kept with its reason, its neighbours go on (DESIGN 4.7).
import { newId } from '../ids.js';
import type { Database } from '../db/database.js';
import { insertParked, noteAttempt, type ParkedRow } from '../db/sql/ingest-ledger.js';
import type { Work } from './work.js';
import { writeLedger } from './write-ledger.js';

/** Parks the item with its raw form and sets its outcome. A redriven one counts an attempt and goes on waiting. */
export async function parkPoison(db: Database, work: Work, error: unknown): Promise<void> {
  const told = String(error instanceof Error ? error.message : error)
    .slice(0, 500)
    .replaceAll('\0', '');
  work.outcome = { verdict: 'parked', reason: 'parked_poison', messageId: null };
  const { parked } = work;
  if (parked) {
    await noteAttempt(db.pool, parked, told);
    return;
  }
  await db.transaction(async (client) => {
    await writeLedger(client, [work], []);
    await insertParked(client, [poisonRow(work, told)]);
  });
  work.delivery.written = true;
}

function poisonRow(work: Work, error: string): ParkedRow {
  const { delivery, ledger } = work;
  const id = newId();
  return {
    tenantId: delivery.tenantId,
    id,
    instanceId: delivery.instanceId,
    kind: 'poison',
    targetId: id,
    itemKey: '',
    event: JSON.stringify(work.raw ?? null),
    reason: 'parked_poison',
    error,
    attempts: 1,
    ledgerDay: ledger.day,
    ledgerId: ledger.id,
    traceId: delivery.traceId,
    receivedAt: delivery.receivedAt,
    expiresAt: null,
  };
}
