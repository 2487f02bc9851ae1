// What is measured: the service on either database, and the yardsticks, each as a process of its own.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { NAIVE_SCHEMA } from './naive-store.js';
import { createDatabase } from './postgres.js';
import type { BenchDatabase, DatabaseSettings } from './postgres.js';
import { runScript, startServer } from './processes.js';
import type { ServerProcess } from './processes.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const MAIN = join(ROOT, 'apps/api/dist/main.js');
/** As `npm start` and the image start it. */
const START_FLAGS = ['--max-semi-space-size=64'];
const JWT_SECRET = randomBytes(32).toString('hex');

/** Signs every webhook of a run. */
export const HMAC_SECRET = randomBytes(32).toString('hex');
/** Ten tenants, each with an instance of the same name. */
export const TENANTS = Array.from({ length: 10 }, (_, n) => `bench-${n}`);

const SERVICE_ENV = { JWT_SECRET, WHATSAPP_WEBHOOK_HMAC_SECRET: HMAC_SECRET, LOG_LEVEL: 'warn' };

/** A server under load. */
export interface System extends AsyncDisposable {
  name: 'recado' | 'recado-embedded' | 'recado-full' | 'naive' | 'no-op';
  process: ServerProcess;
  /** Messages in its database; null when it stores nothing. */
  countMessages: (() => Promise<number>) | null;
  /** Processes of its database. */
  backends(): Promise<number[]>;
  settle(): Promise<void>;
  /** A token per tenant, for screens. */
  screens: { tenantId: string; token: string }[];
}

/** The service, with what starts it again on the same data. */
export interface Service extends System {
  env: Record<string, string>;
}

/** The service on PostgreSQL. */
export interface PostgresService extends Service {
  database: BenchDatabase;
}

/** Arguments that start the service; with a directory it leaves a CPU profile there when it ends. */
export function serviceArgs(profileDir?: string): string[] {
  const profile = profileDir === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', resolve(profileDir)];
  return [...START_FLAGS, ...profile, MAIN];
}

/** Arguments that start a yardstick: node itself is told what it is told for the service. */
export function yardstickArgs(script: string): string[] {
  return [...START_FLAGS, join(import.meta.dirname, script)];
}

/** How the service, or the naive peer, is started. */
export interface StartOptions {
  /** Where it leaves a CPU profile when it ends. */
  profile?: string;
  /** Settings of its database. */
  settings?: DatabaseSettings;
  /** For node itself. */
  nodeArgs?: string[];
}

/** The service on a fresh PostgreSQL database. */
export function startRecado({ profile, settings, nodeArgs = [] }: StartOptions = {}): Promise<PostgresService> {
  return onDatabase(settings, async (database) => {
    const env = { ...SERVICE_ENV, DATABASE_URL: database.url, RECADO_DEMO: '0' };
    const server = await startServer([...nodeArgs, ...serviceArgs(profile)], env);
    const { countMessages, backends, settle } = database;
    return {
      name: 'recado',
      env,
      database,
      process: server,
      countMessages,
      backends,
      settle,
      screens: await provision(server),
      async [Symbol.asyncDispose]() {
        await server.stop();
        await database[Symbol.asyncDispose]();
      },
    };
  });
}

/** Starts something on a fresh database, which is dropped again when it does not start. */
async function onDatabase<T>(
  settings: DatabaseSettings | undefined,
  start: (database: BenchDatabase) => Promise<T>,
): Promise<T> {
  const database = await createDatabase(settings);
  try {
    return await start(database);
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

/** The service on a fresh embedded database. */
export async function startEmbedded(profileDir?: string): Promise<Service> {
  const dir = await mkdtemp(join(tmpdir(), 'recado-bench-'));
  const env = { ...SERVICE_ENV, RECADO_DATA_DIR: dir, RECADO_DEMO: '0' };
  const server = await startServer(serviceArgs(profileDir), env);
  return {
    name: 'recado-embedded',
    env,
    process: server,
    countMessages: () => countLedger(server.port),
    backends: async () => [],
    // It has no server to ask: the service analyses its tables itself.
    settle: async () => {},
    screens: await provision(server),
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The naive peer on a fresh PostgreSQL database with the service's own schema. */
export function startNaive({ settings }: Pick<StartOptions, 'settings'> = {}): Promise<System> {
  return onDatabase(settings, async (database) => {
    await runScript([join(ROOT, 'apps/api/dist/cli.js'), 'migrate'], { DATABASE_URL: database.url });
    await database.run(NAIVE_SCHEMA);
    await database.run('insert into naive_logs (tenant_id) select unnest($1::text[])', [TENANTS]);
    const { countMessages, backends, settle } = database;
    const server = await startServer(yardstickArgs('naive-peer.js'), {
      DATABASE_URL: database.url,
      WHATSAPP_WEBHOOK_HMAC_SECRET: HMAC_SECRET,
    });
    return {
      name: 'naive',
      process: server,
      countMessages,
      backends,
      settle,
      screens: TENANTS.map((tenantId) => ({ tenantId, token: '' })),
      async [Symbol.asyncDispose]() {
        await server.stop();
        await database[Symbol.asyncDispose]();
      },
    };
  });
}

/** ws that sends what it is asked to. */
export function startBareWs(): Promise<ServerProcess> {
  return startServer(yardstickArgs('bare-ws.js'), {});
}

/** Express that does nothing. */
export async function startNoOp(): Promise<System> {
  const server = await startServer(yardstickArgs('no-op.js'), {});
  return {
    name: 'no-op',
    process: server,
    countMessages: null,
    backends: async () => [],
    settle: async () => {},
    screens: [],
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** Messages accepted, by the ledger of all tenants. */
export async function countLedger(port: number): Promise<number> {
  const token = await tokenOf({ roles: ['operator'] });
  const answer = await fetch(`http://127.0.0.1:${port}/api/ledger/audit`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { data } = z.object({ data: z.array(z.object({ accepted: z.int() })) }).parse(await answer.json());
  return data.reduce((sum, { accepted }) => sum + accepted, 0);
}

/** Makes the tenants and their instances; gives an agent's token for each. Ends the server when that fails. */
async function provision(server: ServerProcess): Promise<System['screens']> {
  try {
    return await provisionAt(server.port);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function provisionAt(port: number): Promise<System['screens']> {
  const operator = await tokenOf({ roles: ['operator'] });
  const screens: System['screens'] = [];
  for (const tenantId of TENANTS) {
    await post(port, '/api/tenants', operator, { id: tenantId, name: tenantId });
    const admin = await tokenOf({ tenantId, roles: ['admin'] });
    await post(port, '/api/whatsapp/instances', admin, { instanceId: tenantId, broker: 'canonical' });
    screens.push({ tenantId, token: await tokenOf({ tenantId, roles: ['agent'] }) });
  }
  return screens;
}

async function post(port: number, path: string, token: string, body: object): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.status !== 201) throw new Error(`POST ${path} was answered ${answer.status}: ${await answer.text()}`);
}

function tokenOf(claims: { tenantId?: string; roles: string[] }): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('bench')
    .setExpirationTime('2h')
    .sign(Buffer.from(JWT_SECRET));
}
