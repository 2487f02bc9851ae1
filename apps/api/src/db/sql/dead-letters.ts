// Parked events that wait for a person, and how many wait at all.
import type { Queryable } from '../database.js';

/** A dead letter. `event` is the item as it was read, or as it came. */
export interface DeadLetterRow {
  tenantId: string;
  id: string;
  instanceId: string;
  kind: 'poison' | 'unrouted';
  reason: string;
  error: string | null;
  attempts: number;
  event: unknown;
  traceId: string;
  receivedAt: Date;
  parkedAt: Date;
}

/** A page of the tenants' dead letters, newest first. */
export async function selectDeadLetters(
  db: Queryable,
  { tenantIds, before, limit }: { tenantIds: readonly string[]; before: string | null; limit: number },
): Promise<DeadLetterRow[]> {
  const { rows } = await db.query<DeadLetterRow>(
    `select tenant_id as "tenantId", id, instance_id as "instanceId", kind, reason, error, attempts, event,
       trace_id as "traceId", received_at as "receivedAt", parked_at as "parkedAt"
     from parked_events where tenant_id = any($1::text[]) and kind in ('poison', 'unrouted') and ($2::uuid is null or id < $2)
     order by id desc limit $3`,
    [tenantIds, before, limit],
  );
  return rows;
}

/** The tenant that owns a dead letter, among these; null when none does. */
export async function selectDeadLetterTenant(
  db: Queryable,
  { tenantIds, id }: { tenantIds: readonly string[]; id: string },
): Promise<string | null> {
  const { rows } = await db.query<{ tenantId: string }>(
    `select tenant_id as "tenantId" from parked_events
     where tenant_id = any($1::text[]) and id = $2 and kind in ('poison', 'unrouted')`,
    [tenantIds, id],
  );
  return rows[0]?.tenantId ?? null;
}

/** How many events are parked in the installation, by kind. */
export async function countParked(db: Queryable): Promise<{ kind: string; n: number }[]> {
  const { rows } = await db.query<{ kind: string; n: number }>(
    'select kind, count(*)::int as n from parked_events group by kind',
  );
  return rows;
}
