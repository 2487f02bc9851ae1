// The audit of the ledger: what was received, counted apart from what became of it.
import type { Queryable } from '../database.js';

/** Counts of one instance. `received` comes from the deliveries, the verdicts from their items' rows. */
export interface LedgerAuditRow {
  tenantId: string;
  instanceId: string;
  received: number;
  accepted: number;
  duplicate: number;
  ignored: number;
  rejected: number;
  parked: number;
}

/** Counts by tenant and instance of the days from `from` to `to`, both included. No tenant: all of them. */
export async function selectLedgerAudit(
  db: Queryable,
  { tenantId, from, to }: { tenantId: string | null; from: string; to: string },
): Promise<LedgerAuditRow[]> {
  const { rows } = await db.query<LedgerAuditRow>(
    `with received as (
       select tenant_id, instance_id, sum(item_count)::int as n from deliveries
       where day between $2::date and $3::date and ($1::text is null or tenant_id = $1) group by 1, 2),
     verdicts as (
       select tenant_id, instance_id,
         count(*) filter (where verdict = 'accepted')::int as accepted,
         count(*) filter (where verdict = 'duplicate')::int as duplicate,
         count(*) filter (where verdict = 'ignored')::int as ignored,
         count(*) filter (where verdict = 'rejected')::int as rejected,
         count(*) filter (where verdict = 'parked')::int as parked
       from inbox_events
       where day between $2::date and $3::date and ($1::text is null or tenant_id = $1) group by 1, 2)
     select coalesce(r.tenant_id, v.tenant_id) as "tenantId", coalesce(r.instance_id, v.instance_id) as "instanceId",
       coalesce(r.n, 0) as received, coalesce(v.accepted, 0) as accepted, coalesce(v.duplicate, 0) as duplicate,
       coalesce(v.ignored, 0) as ignored, coalesce(v.rejected, 0) as rejected, coalesce(v.parked, 0) as parked
     from received r full join verdicts v on v.tenant_id = r.tenant_id and v.instance_id = r.instance_id
     order by 1, 2`,
    [tenantId, from, to],
  );
  return rows;
}
