// The built service as processes of their own on the database this run is for: several on PostgreSQL, one on the embedded.
import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { signToken } from '../../../apps/api/dist/auth/sign.js';
import type { TokenClaims } from '../../../apps/api/dist/auth/sign.js';
import { silentLog } from '../../../apps/api/dist/db/db-log.js';
import { openEmbedded } from '../../../apps/api/dist/db/embedded/open-embedded.js';
import { isOnPostgres } from '../../support/on-postgres.js';
import { makeHome, readyUrl, startProcess } from '../../support/process.js';
import type { Ended, RunningProcess } from '../../support/process.js';

/** One process. `readyMs`: from its start to the line that says it is ready. */
export interface Replica {
  url: string;
  readyMs: number;
  process: RunningProcess;
}

/** A home for processes, the processes, and the keys to them. Disposing kills what still runs. */
export interface Replicas extends AsyncDisposable {
  /** The key of the webhook doors. */
  key: string;
  /** A token of tenant `demo`; an admin's unless `claims` say otherwise. */
  token(claims?: Partial<TokenClaims>): Promise<string>;
  /** Starts one more process. */
  start(): Promise<Replica>;
  /** Ends every process in the orderly way, then looks into the database, also the embedded one, which serves one process only. */
  stopAndLook<T>(look: (pool: Pool) => Promise<T>): Promise<{ ended: Ended[]; found: T }>;
}

/** Makes the home. Processes start with `start`; they share webhook key, token secret and database. */
export async function openReplicas(env: Record<string, string> = {}): Promise<Replicas> {
  const home = await makeHome();
  const [key = '', secret = ''] = Array.from({ length: 2 }, () => randomBytes(32).toString('base64url'));
  const running = new Set<RunningProcess>();
  async function start(): Promise<Replica> {
    const from = performance.now();
    const process = startProcess({ ...home.env, WHATSAPP_WEBHOOK_API_KEY: key, JWT_SECRET: secret, ...env });
    running.add(process);
    void process.ended().then(() => running.delete(process));
    const url = await readyUrl(process);
    return { url, readyMs: performance.now() - from, process };
  }
  return {
    key,
    start,
    token: (claims = {}) =>
      signToken(Buffer.from(secret), { sub: 'admin-1', tenantId: 'demo', roles: ['admin'], ...claims }),
    async stopAndLook(look) {
      const ended = await Promise.all([...running].map((process) => process.stop()));
      return { ended, found: await lookInto(home.env, look) };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...running].map((process) => process.stop('SIGKILL')));
      await home[Symbol.asyncDispose]();
    },
  };
}

/** How many replicas this run's database can serve. */
export const REPLICAS = isOnPostgres ? 2 : 1;

async function lookInto<T>(env: Record<string, string>, look: (pool: Pool) => Promise<T>): Promise<T> {
  if (isOnPostgres) {
    const pool = new Pool({ connectionString: env['DATABASE_URL'], max: 2 });
    return look(pool).finally(() => pool.end());
  }
  const db = await openEmbedded({ dataDir: env['RECADO_DATA_DIR'], log: silentLog });
  return look(db.pool).finally(() => db.close());
}
