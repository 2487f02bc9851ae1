// A PostgreSQL database of one's own, dropped after use.
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** Where tests find a PostgreSQL on which they may create databases. */
export const SERVER_URL = process.env['TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

export interface TestDatabase extends AsyncDisposable {
  url: string;
}

/** Creates an empty database with a random name. Disposing drops it, whoever is still connected. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `recado_test_${randomBytes(6).toString('hex')}`;
  await runOnServer(`create database ${name}`);
  const url = new URL(SERVER_URL);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => runOnServer(`drop database if exists ${name} with (force)`),
  };
}

async function runOnServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: SERVER_URL });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
