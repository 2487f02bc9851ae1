// Deliveries of instances nobody registered: kept in the tenant `_unrouted` until the instance is created (DESIGN 4.1).
import { createHash } from 'node:crypto';
import { newId } from '../ids.js';
import type { Database } from '../db/database.js';
import type { Metrics } from '../metrics.js';
import type { Delivery, ItemVerdict } from './ingest.js';
import { parkWorks, type Parking } from './park.js';
import { toWork, type OpenDelivery, type Work } from './work.js';
import { writeLedger } from './write-ledger.js';

/** The tenant that holds them; operators see it. */
export const UNROUTED_TENANT = '_unrouted';

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
  const works = delivery.items.map((item, index) => toWork(open, item, index, null));
  const waiting = works.filter((work) => work.outcome === null);
  await db.transaction(async (client) => {
    await parkWorks(client, waiting, parkingOf);
    await writeLedger(client, works, []);
  });
  return works.map(({ outcome, payloadType }) => {
    if (!outcome) throw new Error('an item was parked without a verdict');
    metrics.countVerdict(outcome.verdict, outcome.reason, payloadType, delivery.transport);
    return outcome;
  });
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
