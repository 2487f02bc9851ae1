// Dead letters tried again: one poison item at an administrator's word, or everything of an instance that now exists.
import { createHash } from 'node:crypto';
import { brokerOf, type DeliveryItem } from '@recado/brokers';
import type { Context } from '../context.js';
import { deadLetters, type WaitingRow } from '../db/sql/ingest-ledger.js';
import { insertAudit } from '../db/sql/audit.js';
import { findInstance } from '../db/sql/ingest-instances.js';
import { RecadoError } from '../errors.js';
import type { Delivery, ItemVerdict } from './ingest.js';
import type { Destination } from './receive.js';
import { UNROUTED_TENANT } from './unrouted.js';

type Parts = Pick<Context, 'db' | 'ingest' | 'log'>;

/** Tries a dead letter again. Its ledger row learns the verdict in the transaction that stores it. Throws NOT_FOUND. */
export async function redriveParked(
  { db, ingest }: Parts,
  { tenantId, id, actor, traceId }: { tenantId: string; id: string; actor: string; traceId: string },
): Promise<ItemVerdict> {
  const [row] = await deadLetters(db.pool, { tenantId, id });
  const instance = row && (await findInstance(db.pool, row.instanceId));
  if (!row || !instance) throw new RecadoError('NOT_FOUND');
  await insertAudit(db.pool, { tenantId, actor, action: 'dead_letter.redrive', subject: id, traceId });
  return submitAgain(ingest, row, { ...instance, kind: instance.broker });
}

const PAGE = 100;

/** Moves what waited for an instance into its tenant, in the order of arrival. Returns how many items found their way. */
export async function adoptUnrouted({ db, ingest, log }: Parts, instanceId: string): Promise<number> {
  const instance = await findInstance(db.pool, instanceId);
  if (!instance) return 0;
  let adopted = 0;
  for (let after: string | null = null; ;) {
    const rows: WaitingRow[] = await deadLetters(db.pool, {
      tenantId: UNROUTED_TENANT,
      instanceId,
      after,
      limit: PAGE,
    });
    for (const row of rows) await submitAgain(ingest, row, { ...instance, kind: instance.broker });
    adopted += rows.length;
    after = rows.at(-1)?.id ?? null;
    if (rows.length < PAGE) break;
  }
  if (adopted > 0) log.info({ adopted }, 'deliveries that waited for a new instance were adopted');
  return adopted;
}

async function submitAgain(
  ingest: Parts['ingest'],
  row: WaitingRow,
  destination: Destination & { kind: string },
): Promise<ItemVerdict> {
  const item = readAgain(row, destination);
  const raw = Buffer.from(JSON.stringify(row.event));
  const delivery: Delivery = {
    tenantId: destination.tenantId,
    instanceId: destination.instanceId,
    groupPolicy: destination.groupPolicy,
    transport: 'redrive',
    sha256: createHash('sha256').update(raw).digest(),
    raw,
    items: [item],
    traceId: row.traceId,
    receivedAt: row.receivedAt,
  };
  const origin = { tenantId: row.tenantId, id: row.id, ledgerDay: row.ledgerDay, ledgerId: row.ledgerId };
  const [verdict] = await ingest.resubmit(delivery, [origin]);
  if (!verdict) throw new Error('an item was redriven without a verdict');
  return verdict;
}

/** The raw item through today's adapter: a parked item is read by the code that was mended since. */
function readAgain(row: WaitingRow, { instanceId, kind }: Destination & { kind: string }): DeliveryItem {
  const [item] = brokerOf(kind)?.parse(row.event, { instanceId }) ?? [];
  return (
    item ?? {
      instanceId,
      raw: row.event,
      verdict: 'rejected',
      reason: 'invalid_contract',
      payloadType: 'unknown',
      externalId: null,
    }
  );
}
