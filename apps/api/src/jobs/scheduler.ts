// Runs the registered jobs, each slot once in the cluster: whoever takes the row in `job_runs` runs it (DESIGN 7).
import type { Config } from '../config.js';
import type { Database } from '../db/database.js';
import { claimAbandonedSlot, claimNewSlot, finishSlot } from '../db/sql/job-runs.js';
import type { Log } from '../log.js';
import type { Job } from './job.js';
import { JOBS } from './registry.js';
import { slotOf } from './slot.js';

const LOOK_EVERY_MS = 60_000;
/** A run that has not finished by then is taken for dead and its slot is run again. */
const LEASE_MS = 10 * 60_000;

/** A running scheduler. `tick` looks once for slots to run; `close` lets a running job finish its statement. */
export interface Scheduler {
  tick(now?: Date): Promise<void>;
  close(): Promise<void>;
}

/** Starts looking for slots: at once, then every minute. Jobs run one after another. */
export function startScheduler(parts: { config: Config; db: Database; log: Log; jobs?: readonly Job[] }): Scheduler {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  function tick(now = new Date()): Promise<void> {
    running = running.then(async () => {
      for (const job of parts.jobs ?? JOBS) {
        if (!stopping.signal.aborted) await runSlot({ ...parts, job, now, signal: stopping.signal });
      }
    });
    return running;
  }
  const timer = setInterval(() => void tick(), LOOK_EVERY_MS).unref();
  void tick();
  return {
    tick,
    async close() {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}

interface SlotRun {
  config: Config;
  db: Database;
  log: Log;
  job: Job;
  now: Date;
  signal: AbortSignal;
}

async function runSlot({ config, db, log, job, now, signal }: SlotRun): Promise<void> {
  const slot = { job: job.name, slot: slotOf(job.everyMinutes, now) };
  const lease = { now, until: new Date(now.getTime() + LEASE_MS) };
  try {
    const isOurs = (await claimNewSlot(db.pool, slot, lease)) || (await claimAbandonedSlot(db.pool, slot, lease));
    if (!isOurs) return;
    const result = await job.run({ config, db, now, signal });
    await finishSlot(db.pool, slot, result);
    log.debug({ job: job.name, result }, 'job done');
  } catch (error) {
    if (!signal.aborted) log.warn({ err: error, job: job.name }, 'job failed; it runs again when its lease is over');
  }
}
