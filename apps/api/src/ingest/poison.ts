// Poison: an item the database or our own code refuses. It is kept with its reason, its neighbours go on (DESIGN 4.7).
import { newId } from '../ids.js';
import type { Database } from '../db/database.js';
import { noteAttempt } from '../db/sql/ingest-ledger.js';
import { parkWorks, type Parking } from './park.js';
import type { Work } from './work.js';
import { writeLedger } from './write-ledger.js';

/** Parks the item with its raw form and sets its outcome. A redriven one counts an attempt and goes on waiting. */
export async function parkPoison(db: Database, work: Work, error: unknown): Promise<void> {
  const told = String(error instanceof Error ? error.message : error)
    .slice(0, 500)
    .replaceAll('\0', '');
  const { parked } = work;
  if (parked) {
    await noteAttempt(db.pool, parked, told);
    work.outcome = { verdict: 'parked', reason: 'parked_poison', messageId: null };
    return;
  }
  await db.transaction(async (client) => {
    await parkWorks(client, [work], () => parkingOf(work, told));
    await writeLedger(client, [work]);
  });
  work.delivery.written = true;
}

/** Each poison item waits for itself. */
function parkingOf(work: Work, error: string): Parking {
  const event = JSON.stringify(work.raw ?? null);
  return { kind: 'poison', targetId: newId(), itemKey: '', event, reason: 'parked_poison', error, expiresAt: null };
}
