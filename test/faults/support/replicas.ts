// Several processes of the service on one database, and a look into it after their end: two on PostgreSQL, one on the embedded.
import { Pool } from 'pg';
import { silentLog } from '../../../apps/api/dist/db/db-log.js';
import { openEmbedded } from '../../../apps/api/dist/db/embedded/open-embedded.js';
import { isOnPostgres } from '../../support/on-postgres.js';
import { makeReadyHome } from './ready-home.js';
import { startFaultService } from './fault-service.js';
import type { FaultService } from './fault-service.js';

/** How many processes this run's database can serve. */
export const REPLICAS = isOnPostgres ? 2 : 1;

/** A home and the processes that live in it. Disposing kills what still runs. */
export interface Replicas extends AsyncDisposable {
  /** A directory that goes with the home. */
  dir: string;
  /** Null on the embedded database. */
  databaseUrl: string | null;
  /** Starts one more process, on a free port unless one is given. */
  start(port?: number): Promise<FaultService>;
  /** Starts as many as the database can serve. */
  startAll(): Promise<FaultService[]>;
  /** Ends every process in the orderly way, then looks into the database: the embedded one serves one process only. */
  stopAndLook<T>(look: (pool: Pool) => Promise<T>): Promise<T>;
}

/** Makes the home; nothing is started yet. */
export async function openReplicas(env: Record<string, string> = {}): Promise<Replicas> {
  const home = await makeReadyHome();
  const running = new Set<FaultService>();
  async function start(port?: number): Promise<FaultService> {
    const service = await startFaultService({ home, env, ...(port !== undefined && { port }) });
    running.add(service);
    void service.process.ended().then(() => running.delete(service));
    return service;
  }
  return {
    dir: home.dir,
    databaseUrl: home.env['DATABASE_URL'] ?? null,
    start,
    startAll: () => Promise.all(Array.from({ length: REPLICAS }, () => start())),
    async stopAndLook(look) {
      await Promise.all([...running].map((service) => service.process.stop()));
      return lookInto(home.env, look);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...running].map((service) => service[Symbol.asyncDispose]()));
      await home[Symbol.asyncDispose]();
    },
  };
}

async function lookInto<T>(env: Record<string, string>, look: (pool: Pool) => Promise<T>): Promise<T> {
  if (isOnPostgres) {
    // Without the service's time limits: whoever looks at everything may take a while.
    const pool = new Pool({ connectionString: env['DATABASE_URL'], max: 2 });
    try {
      return await look(pool);
    } finally {
      await pool.end();
    }
  }
  const db = await openEmbedded({ dataDir: env['RECADO_DATA_DIR'], log: silentLog });
  try {
    return await look(db.pool);
  } finally {
    await db.close();
  }
}
