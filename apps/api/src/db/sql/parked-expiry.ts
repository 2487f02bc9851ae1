// The statement that gives up on parked changes.
import type { Queryable } from '../database.js';

const EXPIRE = `
  with expired as (
    delete from parked_events p
    using (
      select tenant_id, id from parked_events where expires_at < $1
      order by tenant_id, id limit $2 for update skip locked
    ) due
    where p.tenant_id = due.tenant_id and p.id = due.id
    returning p.tenant_id, p.ledger_day, p.ledger_id
  ), ledger as (
    update inbox_events i set verdict = 'ignored', reason = 'orphan'
    from expired e
    where i.day = e.ledger_day and i.tenant_id = e.tenant_id and i.id = e.ledger_id and i.verdict = 'parked'
  )
  select count(*)::int as expired from expired`;

/** Deletes up to `limit` parked rows that expired before `now` and rewrites their ledger verdicts. Returns how many. */
export async function expireParkedEvents(db: Queryable, now: Date, limit: number): Promise<number> {
  const { rows } = await db.query<{ expired: number }>(EXPIRE, [now, limit]);
  return rows[0]?.expired ?? 0;
}
