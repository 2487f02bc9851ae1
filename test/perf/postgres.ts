// A PostgreSQL database of the bench's own: made empty, counted, dropped.
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

const SERVER_URL = process.env['TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** Settings of every session on a database, by name. */
export type DatabaseSettings = Record<string, string>;

/** A database and a connection to it. */
export interface BenchDatabase extends AsyncDisposable {
  name: string;
  url: string;
  run: (statement: string, values?: unknown[]) => Promise<void>;
  rows: <Row extends object>(statement: string, values?: unknown[]) => Promise<Row[]>;
  /** Messages stored. Throws when messages, ledger and log disagree. */
  countMessages: () => Promise<number>;
  /** Processes that serve others than us. */
  backends: () => Promise<number[]>;
  /** Fresh statistics and an empty log of changes, so that neither falls into a measurement. */
  settle: () => Promise<void>;
}

/** Creates a database on the server of TEST_DATABASE_URL (127.0.0.1:5432 unless set). */
export async function createDatabase(settings: DatabaseSettings = {}): Promise<BenchDatabase> {
  const name = `recado_bench_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name}`);
  try {
    for (const [setting, value] of Object.entries(settings))
      await onServer(`alter database ${name} set ${setting} = ${value}`);
  } catch (error) {
    await onServer(`drop database ${name}`);
    throw error;
  }
  const url = new URL(SERVER_URL);
  url.pathname = `/${name}`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  return {
    name,
    url: url.href,
    async run(statement, values) {
      await client.query(statement, values);
    },
    async rows<Row extends object>(statement: string, values?: unknown[]) {
      return (await client.query<Row>(statement, values)).rows;
    },
    async countMessages() {
      const { rows } = await client.query<{ messages: number; ledger: number; events: number; raw: number }>(
        `select (select count(*)::int from messages) as messages, (select count(*)::int from deliveries) as raw,
           (select count(*)::int from inbox_events where verdict = 'accepted') as ledger,
           (select count(*)::int from events where type = 'ticket.message') as events`,
      );
      const counts = rows[0] ?? { messages: NaN, ledger: NaN, events: NaN, raw: NaN };
      if (new Set(Object.values(counts)).size !== 1) throw new Error(`the rows disagree: ${JSON.stringify(counts)}`);
      return counts.messages;
    },
    async backends() {
      const { rows } = await client.query<{ pid: number }>(
        `select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
      );
      return rows.map(({ pid }) => pid);
    },
    async settle() {
      await client.query('analyze');
      // Only superusers may; without it a checkpoint may fall into a round, for yardstick and service alike.
      await client.query('checkpoint').catch(() => undefined);
    },
    async [Symbol.asyncDispose]() {
      await client.end();
      await onServer(`drop database ${name} with (force)`);
    },
  };
}

/** The server's version, such as `15.20`. Throws with what to do when there is no server. */
export async function serverVersion(): Promise<string> {
  return onServer<{ version: string }>(`select current_setting('server_version') as version`).then(
    (rows) => rows[0]?.version.split(' ')[0] ?? '?',
    (cause: unknown) => {
      throw new Error(
        'No PostgreSQL answers on which databases may be made: set TEST_DATABASE_URL, or run `npm run bench -- --only embedded`.',
        { cause },
      );
    },
  );
}

async function onServer<Row extends object>(statement: string): Promise<Row[]> {
  const client = new Client({ connectionString: SERVER_URL });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** How long after its last transaction a session has surely told the server's statistics of it. */
export const STATISTICS_AFTER_MS = 11_000;

/** Deadlocks the server has resolved in a database. */
export async function deadlocksOf({ name }: BenchDatabase): Promise<number> {
  const [row] = await onServer<{ deadlocks: number }>(
    `select deadlocks::float8 as deadlocks from pg_stat_database where datname = '${name}'`,
  );
  return row?.deadlocks ?? NaN;
}
