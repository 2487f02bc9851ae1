// Changes that waited under one name of a person for a message that came under the other: once the two are one, they meet.
import type { Queryable } from '../db/database.js';
import { changesWaitingIn, deleteParked, rewriteLedger } from '../db/sql/ingest-ledger.js';
import { messagesByExternalId, updateMessages } from '../db/sql/ingest-messages.js';
import { bindWaiting, nothingBound, type Alteration } from './bind.js';

/** More than ever wait for one person; a transaction must end. */
const MOST = 100;

/** Applies them to the messages of the tickets. The aliases and the messages must be where they belong, and the tenant's log lock held. */
export async function bindAfterMerge(
  client: Queryable,
  { tenantId, ticketIds }: { tenantId: string; ticketIds: string[] },
): Promise<Alteration[]> {
  const waiting = await changesWaitingIn(client, { tenantId, ids: ticketIds, limit: MOST });
  if (waiting.length === 0) return [];
  const rows = await messagesByExternalId(
    client,
    waiting.map((row) => ({ tenantId, instanceId: row.instanceId, externalId: row.targetId })),
  );
  const bound = nothingBound();
  await bindWaiting(
    client,
    waiting,
    ({ instanceId, change }) =>
      rows.filter((row) => row.instanceId === instanceId && row.externalId === change.targetId),
    bound,
  );
  if (bound.dirty.size > 0) await updateMessages(client, [...bound.dirty]);
  if (bound.released.length > 0) await deleteParked(client, bound.released);
  if (bound.rewrites.length > 0) await rewriteLedger(client, bound.rewrites);
  return bound.alterations;
}
