// Keeps the daily partitions of the ledger seven days ahead.
import { ensurePartitions } from '../db/partitions.js';
import type { Job } from './job.js';

export const keepPartitions: Job = {
  name: 'keep-partitions',
  everyMinutes: 60,
  async run({ db, now }) {
    await ensurePartitions(db, { now, daysAhead: 7 });
    return {};
  },
};
