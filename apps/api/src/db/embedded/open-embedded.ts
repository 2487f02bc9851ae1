// Opens the embedded database: the lock, the worker and the pool in front of it.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Pool } from 'pg';
import type { PoolClient } from 'pg';
import type { Database } from '../database.js';
import type { DbLog } from '../db-log.js';
import { INGEST_PLANNER_SETTINGS } from '../planner-settings.js';
import { quietly } from '../pool-errors.js';
import { runTransaction } from '../transaction.js';
import { typeParsers } from '../type-parsers.js';
import { Engine } from './engine.js';
import { lockDirectory } from './lock.js';
import { SessionStream } from './session-stream.js';
import { guardPool, holdConnection } from './single-connection.js';

/** Within this a worker that was lost is replaced, on a slow machine too. */
const REOPEN_MS = 30_000;

/** For the start-up spinner: creating (the first start, seconds) or opening, then ready. */
export type OpeningStep = 'creating' | 'opening' | 'ready';

export interface EmbeddedOptions {
  /** The data directory (made 0700 when missing): the files go to `database` in it. Undefined keeps everything in memory. */
  dataDir?: string | undefined;
  /** A dump that a new database begins as, instead of an empty one. */
  snapshot?: Uint8Array | undefined;
  /** A statement without an answer for this long means a stuck worker. Default 30,000. */
  stuckAfterMs?: number | undefined;
  log: DbLog;
  onProgress?: ((step: OpeningStep) => void) | undefined;
}

/** The embedded database; `dump` gives its files as a tar, to be used as `snapshot`. */
export interface EmbeddedDatabase extends Database {
  kind: 'embedded';
  dump(): Promise<Uint8Array>;
}

/** Opens PGlite behind a pool of one connection. Survives the death of the process, not a power cut. Throws DirectoryLockedError. */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const { dataDir, snapshot, log, onProgress, stuckAfterMs = 30_000 } = options;
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = dataDir === undefined ? null : await lockDirectory(join(dataDir, 'database.lock'));
  const directory = dataDir === undefined ? undefined : join(dataDir, 'database');
  const isNew = directory === undefined ? !snapshot : !existsSync(directory);
  onProgress?.(isNew ? 'creating' : 'opening');

  const engine = new Engine({ directory, snapshot, stuckAfterMs, log });
  try {
    await engine.ready();
  } catch (error) {
    await lock?.release();
    throw error;
  }
  const pool = quietly(
    new Pool({
      stream: () => new SessionStream(engine),
      ssl: false,
      max: 1,
      pipeline: true,
      idleTimeoutMillis: 0,
      // A connection that is never given back becomes an error instead of a wait for ever.
      connectionTimeoutMillis: stuckAfterMs + REOPEN_MS,
      types: typeParsers,
    }),
    log,
  );
  guardPool(pool);
  onProgress?.('ready');

  return {
    kind: 'embedded',
    pool,
    ingestPool: pool,
    ingestBegin: `begin; ${INGEST_PLANNER_SETTINGS.map((setting) => `set local ${setting}`).join('; ')}`,
    transaction: (work) => holdConnectionOf(pool, work),
    dump: () => engine.dump(),
    async close() {
      await pool.end();
      await engine.close();
      await lock?.release();
    },
  };
}

/** A transaction whose flow of control cannot ask the pool for a second connection. */
function holdConnectionOf<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return runTransaction(pool, (client) => holdConnection(() => work(client)));
}
