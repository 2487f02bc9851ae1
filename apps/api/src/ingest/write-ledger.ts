// The ledger's part of a batch: raw bodies, a row per item with its verdict, and the rows of what had waited.
import type { Queryable } from '../db/database.js';
import { insertDeliveries, insertLedger, rewriteLedger, type LedgerRewrite } from '../db/sql/ingest-ledger.js';
import type { Work } from './work.js';

/** Writes the rows. `bound` are those of parked changes that met their message. */
export async function writeLedger(client: Queryable, works: Work[], bound: LedgerRewrite[]): Promise<void> {
  const deliveries = [...new Set(works.map((work) => work.delivery))].filter((delivery) => !delivery.written);
  const fresh = works.filter((work) => !work.ledger.rewrite);
  const rewrites: LedgerRewrite[] = [
    ...bound,
    ...works.flatMap((work) =>
      work.parked
        ? [{ tenantId: work.parked.tenantId, day: work.parked.ledgerDay, id: work.parked.ledgerId, ...outcomeOf(work) }]
        : [],
    ),
  ];
  await Promise.all([
    deliveries.length > 0 &&
      insertDeliveries(
        client,
        deliveries.map((delivery) => ({ ...delivery, itemCount: delivery.items.length })),
      ),
    fresh.length > 0 &&
      insertLedger(
        client,
        fresh.map((work) => ({
          ...work.ledger,
          tenantId: work.delivery.tenantId,
          deliveryId: work.delivery.id,
          itemIndex: work.index,
          instanceId: work.delivery.instanceId,
          kind: work.payloadType,
          externalId: work.externalId,
          contactId: work.contactId,
          ...outcomeOf(work),
        })),
      ),
    rewrites.length > 0 && rewriteLedger(client, rewrites),
  ]);
}

function outcomeOf(work: Work) {
  if (!work.outcome) throw new Error('an item left the batch without a verdict');
  return work.outcome;
}
