// Drops the days of the ledger that are older than LEDGER_RETENTION_DAYS, and old rows of `job_runs`.
import { deleteJobRuns } from '../db/sql/job-runs.js';
import { deleteLeftovers, dropPartition, selectOldPartitions } from '../db/sql/retention.js';
import type { Job } from './job.js';

const DAY_MS = 86_400_000;
const JOB_RUNS_KEPT_DAYS = 7;

export const retainLedger: Job = {
  name: 'retain-ledger',
  everyMinutes: 60,
  async run({ config, db, now, signal }) {
    const before = daysBefore(now, config.ledgerRetentionDays);
    const partitions = await selectOldPartitions(db.pool, before);
    for (const partition of partitions) {
      signal.throwIfAborted();
      await db.transaction((client) => dropPartition(client, partition));
    }
    const leftovers = await deleteLeftovers(db.pool, before);
    const runs = await deleteJobRuns(db.pool, daysBefore(now, JOB_RUNS_KEPT_DAYS));
    return { partitions: partitions.length, leftovers, runs };
  },
};

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}
