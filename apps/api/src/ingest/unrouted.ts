// Deliveries of instances nobody registered: kept in the tenant `_unrouted` until the instance is created (DESIGN 4.1).
import { createHash } from 'node:crypto';
import { newId } from '../ids.js';
import type { Database } from '../db/database.js';
import type { Metrics } from '../metrics.js';
import { mapInTurns } from '../turns.js';
import type { Delivery, ItemVerdict } from './ingest.js';
import { parkWorks, type Parking } from './park.js';
import { toWork, type OpenDelivery, type Work } from './work.js';
import { writeLedger } from './write-ledger.js';

/** The tenant that holds them; operators see it. */
export const UNROUTED_TENANT = '_unrouted';

/** Items a statement takes at once: a history has thousands, and nobody else is served while their rows are made. */
const PORTION = 250;

/** Stores the delivery and parks its items, a copy of what waits already as a duplicate. */
export async function storeUnrouted(
  { db, metrics }: { db: Database; metrics: Metrics },
  delivery: Omit<Delivery, 'tenantId' | 'groupPolicy'>,
): Promise<ItemVerdict[]> {
  const open: OpenDelivery = {
    ...delivery,
    tenantId: UNROUTED_TENANT,
    groupPolicy: 'accept',
    id: newId(),
    day: delivery.receivedAt.toISOString().slice(0, 10),
    written: false,
  };
  const works = await mapInTurns(delivery.items, (item, index) => toWork(open, item, index, null));
  const parkings = new Map(
    await mapInTurns(
      works.filter((work) => work.outcome === null),
      (work) => [work, parkingOf(work)] as const,
    ),
  );
  // In the order of what they point at, as every transaction that parks: two deliveries never wait for each other.
  const waiting = [...parkings]
    .toSorted(([, a], [, b]) => compare(a.targetId, b.targetId) || compare(a.itemKey, b.itemKey))
    .map(([work]) => work);
  await db.transaction(async (client) => {
    open.written = false;
    for (const some of portionsOf(waiting))
      await parkWorks(client, some, (work) => parkings.get(work) ?? parkingOf(work));
    for (const some of portionsOf(works)) {
      await writeLedger(client, some);
      open.written = true;
    }
  });
  return works.map(({ outcome, payloadType }) => {
    if (!outcome) throw new Error('an item was parked without a verdict');
    metrics.countVerdict(outcome.verdict, outcome.reason, payloadType, delivery.transport);
    return outcome;
  });
}

function portionsOf(works: Work[]): Work[][] {
  return Array.from({ length: Math.ceil(works.length / PORTION) }, (_, n) =>
    works.slice(n * PORTION, (n + 1) * PORTION),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function parkingOf(work: Work): Parking {
  const event = JSON.stringify(work.raw ?? null);
  return {
    kind: 'unrouted',
    targetId: work.externalId ?? '',
    itemKey: createHash('sha256').update(event).digest('base64url'),
    event,
    reason: 'parked_unknown_instance',
    expiresAt: null,
  };
}
