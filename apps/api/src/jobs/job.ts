// The port of periodic work: what a job is, and the registry's row.
import type { Database } from '../db/database.js';
import type { Config } from '../config.js';

/** What a job may use. `now` is the moment the slot was taken; `signal` aborts when the service stops. */
export interface JobContext {
  config: Config;
  db: Database;
  now: Date;
  signal: AbortSignal;
}

/** Work that runs once per slot in the whole cluster. It may be run again after a crash, so it must be idempotent. */
export interface Job {
  name: string;
  /** Length of a slot; slots are counted from midnight UTC. */
  everyMinutes: number;
  /** Returns what it did, as small counts for the log and `job_runs.result`. */
  run(context: JobContext): Promise<Record<string, number>>;
}
