// The ledger's part of a batch: raw bodies, a row per item with its verdict, and the rows of what had waited.
import type { Queryable } from '../db/database.js';
import {
  insertDeliveries,
  insertLedger,
  rewriteLedger,
  upsertDeliveries,
  type DeliveryRow,
  type LedgerRewrite,
} from '../db/sql/ingest-ledger.js';
import type { Work } from './work.js';

/** Writes the bodies of the items' deliveries. They wait for no verdict: a batch writes them before it holds up others. */
export function writeDeliveries(client: Queryable, works: Work[]): Promise<unknown> {
  const { whole, split } = deliveriesOf(works.filter(isFresh));
  return Promise.all([
    whole.length > 0 && insertDeliveries(client, whole),
    split.length > 0 && upsertDeliveries(client, split),
  ]);
}

/** Writes the items' rows; `bound` are those of parked changes that met their message. Throws at once, before anything is sent, when an item has no verdict. */
export function writeVerdicts(client: Queryable, works: Work[], bound: LedgerRewrite[]): Promise<unknown> {
  const rows = works.filter(isFresh).map((work) => {
    const { verdict, reason, messageId } = outcomeOf(work);
    return {
      day: work.ledger.day,
      tenantId: work.delivery.tenantId,
      id: work.ledger.id,
      deliveryId: work.delivery.id,
      itemIndex: work.index,
      instanceId: work.delivery.instanceId,
      kind: work.payloadType,
      externalId: work.externalId,
      verdict,
      reason,
      messageId,
      contactId: work.contactId,
    };
  });
  const rewrites = [...bound, ...works.flatMap(rewriteOf)];
  return Promise.all([
    rows.length > 0 && insertLedger(client, rows),
    rewrites.length > 0 && rewriteLedger(client, oncePerRow(rewrites)),
  ]);
}

/** Both, for what is stored by itself. */
export function writeLedger(client: Queryable, works: Work[]): Promise<unknown> {
  return Promise.all([writeDeliveries(client, works), writeVerdicts(client, works, [])]);
}

/** A redriven item has its row already. */
function isFresh(work: Work): boolean {
  return !work.ledger.rewrite;
}

/** The deliveries of these items, each counting the items it gives to this transaction: all of them, or some of a delivery that is split. */
function deliveriesOf(works: Work[]): { whole: DeliveryRow[]; split: DeliveryRow[] } {
  const rows = new Map<Work['delivery'], DeliveryRow>();
  for (const { delivery } of works) {
    // The row is there already: its body need not travel again.
    const raw = delivery.written ? Buffer.alloc(0) : delivery.raw;
    const row = rows.get(delivery);
    if (row) row.itemCount += 1;
    else rows.set(delivery, deliveryRow(delivery, raw));
  }
  const [whole, split]: [DeliveryRow[], DeliveryRow[]] = [[], []];
  for (const [{ items }, row] of rows) (row.itemCount === items.length ? whole : split).push(row);
  return { whole, split: split.toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
}

function deliveryRow(delivery: Work['delivery'], raw: Buffer): DeliveryRow {
  const { day, tenantId, id, instanceId, transport, sha256, traceId, receivedAt } = delivery;
  return { day, tenantId, id, instanceId, transport, sha256, raw, itemCount: 1, traceId, receivedAt };
}

function rewriteOf(work: Work): LedgerRewrite[] {
  const { parked } = work;
  return parked ? [{ tenantId: parked.tenantId, day: parked.ledgerDay, id: parked.ledgerId, ...outcomeOf(work) }] : [];
}

/** Of an item that was redriven twice at once, what was accepted. */
function oncePerRow(rewrites: LedgerRewrite[]): LedgerRewrite[] {
  const kept = new Map<string, LedgerRewrite>();
  for (const rewrite of rewrites) {
    if (rewrite.verdict === 'accepted' || !kept.has(rewrite.id)) kept.set(rewrite.id, rewrite);
  }
  return [...kept.values()];
}

function outcomeOf(work: Work) {
  if (!work.outcome) throw new Error('an item left the batch without a verdict');
  return work.outcome;
}
