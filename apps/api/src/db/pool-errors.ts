// Connections that break while nobody waits on them: said once, never fatal.
import type pg from 'pg';
import type { DbLog } from './db-log.js';

/** Every connection of a pool breaks in the same moment; one line tells it. */
const QUIET_MS = 5_000;

/** Gives the pool and each of its clients an error listener: without one, a connection lost while idle or held ends the process. */
export function quietly(pool: pg.Pool, log: DbLog): pg.Pool {
  let saidAt = -Infinity;
  function say(error: Error): void {
    if (performance.now() - saidAt < QUIET_MS) return;
    saidAt = performance.now();
    log.warn(
      { code: 'code' in error ? error.code : undefined, reason: error.message },
      'a database connection was lost',
    );
  }
  pool.on('error', say);
  pool.on('connect', (client) => client.on('error', say));
  return pool;
}
