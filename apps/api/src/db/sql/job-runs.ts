// Statements of `job_runs`: each slot of a job runs once in the cluster.
import type { Queryable } from '../database.js';

/** A slot of a job. */
export interface JobSlot {
  job: string;
  slot: Date;
}

interface Lease {
  now: Date;
  until: Date;
}

/** Takes a slot nobody has taken. False when its row exists. */
export async function claimNewSlot(db: Queryable, { job, slot }: JobSlot, lease: Lease): Promise<boolean> {
  const { rowCount } = await db.query(
    'insert into job_runs (job, slot, leased_until) values ($1, $2, $3) on conflict (job, slot) do nothing',
    [job, slot, lease.until],
  );
  return rowCount === 1;
}

/** Takes a slot whose runner died: unfinished, and its lease is over. */
export async function claimAbandonedSlot(db: Queryable, { job, slot }: JobSlot, lease: Lease): Promise<boolean> {
  const { rowCount } = await db.query(
    'update job_runs set leased_until = $3 where job = $1 and slot = $2 and finished_at is null and leased_until < $4',
    [job, slot, lease.until, lease.now],
  );
  return rowCount === 1;
}

/** Marks a slot done, with what the run did. */
export async function finishSlot(db: Queryable, { job, slot }: JobSlot, result: Record<string, number>): Promise<void> {
  await db.query('update job_runs set finished_at = now(), result = $3::jsonb where job = $1 and slot = $2', [
    job,
    slot,
    JSON.stringify(result),
  ]);
}

/** Forgets runs of slots before an instant. Returns how many. */
export async function deleteJobRuns(db: Queryable, before: Date): Promise<number> {
  const { rowCount } = await db.query('delete from job_runs where slot < $1', [before]);
  return rowCount ?? 0;
}
