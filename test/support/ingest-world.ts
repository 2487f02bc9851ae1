// Several service contexts on one PostgreSQL database, as many processes would have it, for tests of ingest's concurrency.
import { randomUUID } from 'node:crypto';
import { Client, Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { expect, vi } from 'vitest';
import { parseConfig } from '../../apps/api/dist/config.js';
import { createContext } from '../../apps/api/dist/create-context.js';
import type { ServiceContext } from '../../apps/api/dist/create-context.js';
import type { LogEntry } from '../../apps/api/dist/events/entry.js';
import { createLog } from '../../apps/api/dist/log.js';
import { createTestDatabase } from './postgres.js';

export interface IngestWorld extends AsyncDisposable {
  url: string;
  contexts: ServiceContext[];
  /** The n-th context, counted round. */
  context(n: number): ServiceContext;
  /** Connections of the test's own, without the service's time limits. */
  pool: Pool;
  /** What every context handed to its hub, in the order of handing over. */
  handed: LogEntry[];
  /** The lines of the contexts' logs. */
  logged: string[];
  /** Empties everything that ingest writes. */
  clear(): Promise<void>;
}

/** Opens the contexts on a database of their own. Every tenant `t` has the instances `t-a` and `t-b` and a default queue. */
export async function openIngestWorld({ contexts: count = 2, tenants = ['t1'] } = {}): Promise<IngestWorld> {
  const database = await createTestDatabase();
  const name = new URL(database.url).pathname.slice(1);
  await runOn(database.url, `alter database ${name} set deadlock_timeout = '50ms'`);
  const config = {
    ...parseConfig({ NODE_ENV: 'test', PORT: '0', LOG_LEVEL: 'silent' }),
    dataDir: null,
    databaseUrl: database.url,
  };
  const contexts: ServiceContext[] = [];
  const handed: LogEntry[] = [];
  const logged: string[] = [];
  const pool = new Pool({ connectionString: database.url, max: 4 });
  async function close(): Promise<void> {
    await pool.end();
    await Promise.all(contexts.map((each) => each[Symbol.asyncDispose]()));
    await database[Symbol.asyncDispose]();
  }
  async function open(): Promise<void> {
    const log = createLog({ level: 'debug', destination: { write: (line) => void logged.push(line) } });
    const context = await createContext(config, { log });
    const committed = context.hub.committed.bind(context.hub);
    context.hub.committed = (entries) => {
      handed.push(...entries);
      committed(entries);
    };
    contexts.push(context);
  }
  try {
    for (let n = 0; n < count; n += 1) await open();
    for (const tenant of tenants) await addTenant(pool, tenant);
  } catch (error) {
    await close();
    throw error;
  }
  function context(n: number): ServiceContext {
    const found = contexts[n % contexts.length];
    if (!found) throw new Error('a world has at least one context');
    return found;
  }
  return {
    url: database.url,
    contexts,
    context,
    pool,
    handed,
    logged,
    async clear() {
      handed.length = 0;
      logged.length = 0;
      await pool.query(`truncate contacts, contact_aliases, contact_merges, tickets, messages, deliveries, inbox_events,
        parked_events, events, media_jobs`);
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Makes a tenant with a default queue and two instances. */
export async function addTenant(pool: Pool, tenant: string): Promise<void> {
  await pool.query('insert into tenants (id, name) values ($1, $1)', [tenant]);
  await pool.query('insert into streams (tenant_id, epoch) values ($1, $2)', [tenant, randomUUID()]);
  await pool.query(`insert into queues (tenant_id, id, name, is_default) values ($1, $2, 'Default', true)`, [
    tenant,
    uuidv7(),
  ]);
  for (const instance of [`${tenant}-a`, `${tenant}-b`]) {
    await pool.query(`insert into instances (tenant_id, id, instance_id, broker) values ($1, $2, $3, 'canonical')`, [
      tenant,
      uuidv7(),
      instance,
    ]);
  }
}

async function runOn(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

/** Stands in the way of every commit of a tenant by holding its log's lock, until `release` or the end of the block. */
export async function holdLog(url: string, tenant: string): Promise<AsyncDisposable & { release(): Promise<void> }> {
  return holding(url, 'select pg_advisory_lock(7301, hashtext($1))', [tenant]);
}

/** A session of its own that has run a statement and keeps what it took. */
export async function holding(
  url: string,
  statement: string,
  values: unknown[] = [],
): Promise<AsyncDisposable & { release(): Promise<void> }> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement, values);
  let released: Promise<void> | undefined;
  const release = () => (released ??= client.end());
  return { release, [Symbol.asyncDispose]: release };
}

/** Waits until that many sessions of the service wait for a lock; gives back their process ids. */
export async function untilBlocked(pool: Pool, count = 1): Promise<number[]> {
  return vi.waitFor(
    async () => {
      const { rows } = await pool.query<{ pid: number }>(
        `select pid from pg_stat_activity where datname = current_database() and application_name = 'recado' and wait_event_type = 'Lock'`,
      );
      expect(rows.length).toBeGreaterThanOrEqual(count);
      return rows.map(({ pid }) => pid);
    },
    { timeout: 5_000, interval: 10 },
  );
}
