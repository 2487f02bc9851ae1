// Opens PostgreSQL: a pool for everything and a pool for ingest, both able to fail in time.
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'pg';
import type { PoolConfig } from 'pg';
import type { DbLog } from './db-log.js';
import type { Database } from './database.js';
import { INGEST_PLANNER_SETTINGS } from './planner-settings.js';
import { quietly } from './pool-errors.js';
import { trackSockets } from './sockets.js';
import {
  CLOSE_TIMEOUT_MS,
  CONNECT_TIMEOUT_MS,
  IDLE_IN_TRANSACTION_TIMEOUT_MS,
  KEEP_ALIVE_DELAY_MS,
  QUERY_TIMEOUT_MS,
} from './time-outs.js';
import { runTransaction } from './transaction.js';
import { typeParsers } from './type-parsers.js';

/** Two batches in flight, up to four while they are small (DESIGN 4.4), and one for a retry event by event. */
const INGEST_POOL_SIZE = 5;

/** Opens the pools; no connection is made before the first query. A client that met a time-out is destroyed, never reused. */
export function openPostgres({ url, poolSize, log }: { url: string; poolSize: number; log: DbLog }): Database {
  const sockets = trackSockets();
  const shared: PoolConfig = {
    application_name: 'recado',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    statement_timeout: QUERY_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    stream: () => sockets.open(),
    types: typeParsers,
  };
  const pool = quietly(new Pool({ ...shared, connectionString: url, max: poolSize }), log);
  const ingestPool = quietly(
    new Pool({ ...shared, connectionString: withPlannerSettings(url), max: INGEST_POOL_SIZE, pipeline: true }),
    log,
  );
  return {
    kind: 'postgres',
    pool,
    ingestPool,
    ingestBegin: 'begin',
    transaction: (work) => runTransaction(pool, work),
    async close() {
      const ended = Promise.all([pool.end(), ingestPool.end()]);
      const closed = ended.then(() => sockets.closed());
      await Promise.race([closed, wait(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
      sockets.destroyAll();
      await closed;
    },
  };
}

/** The URL with ingest's planner settings among its start-up options; node-postgres lets the URL's options win over the pool's. */
export function withPlannerSettings(url: string): string {
  const options = INGEST_PLANNER_SETTINGS.map((setting) => `-c ${setting}`).join(' ');
  const parsed = new URL(url);
  const own = parsed.searchParams.get('options');
  parsed.searchParams.set('options', own ? `${own} ${options}` : options);
  return parsed.href;
}
