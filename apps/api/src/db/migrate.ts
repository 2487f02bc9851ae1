// Brings the schema up to date: migrations/*.sql in order, forward only. Many processes may do it at once.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Database, Queryable } from './database.js';
import { allowLongStatements, longQuery } from './long-query.js';

/** The repository's migrations; as far from `dist/db` as from `src/db`. */
export const MIGRATIONS_FOLDER = new URL('../../../../migrations/', import.meta.url);

/** Of pg_advisory_xact_lock: one process migrates, the others wait for it. */
const MIGRATION_LOCK = 7_263_001;

/** One migration file. `id` is the number its name begins with. */
export interface Migration {
  id: number;
  name: string;
  sha256: string;
  sql: string;
}

interface AppliedRow {
  id: number;
  name: string;
  sha256: string;
}

/** The schema cannot be brought up to date; the message says what a person does about it. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** Applies what is missing, each file in one transaction with its row in `migrations`. Returns the names it applied itself. Throws MigrationError. */
export async function migrate(db: Database, migrations?: Migration[]): Promise<string[]> {
  const files = migrations ?? (await readMigrations());
  const applied: string[] = [];
  let next: string | null;
  do {
    next = await db.transaction((client) => applyNext(client, files));
    if (next) applied.push(next);
  } while (next);
  return applied;
}

/** The migration files in order. Throws MigrationError for a misnamed or doubled one. */
export async function readMigrations(folder: URL = MIGRATIONS_FOLDER): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted();
  const migrations = await Promise.all(names.map((name) => readMigration(folder, name)));
  const doubled = migrations.find((migration, index) => migration.id === migrations[index - 1]?.id);
  if (doubled) throw new MigrationError(`Two migrations have the number of ${doubled.name}. Renumber the newer one.`);
  return migrations;
}

/** What is still to be applied. Throws MigrationError when the database does not come from these files. */
export function pendingMigrations(migrations: Migration[], applied: AppliedRow[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.id, migration]));
  for (const row of applied) {
    const migration = known.get(row.id);
    if (!migration) {
      throw new MigrationError(
        `The database is ahead of this version: it has ${row.name}. Start a version that knows it.`,
      );
    }
    if (migration.sha256 !== row.sha256) {
      throw new MigrationError(
        `${row.name} was changed after it was applied. Restore the file and put the change in a new migration.`,
      );
    }
  }
  const done = new Set(applied.map((row) => row.id));
  const newest = Math.max(0, ...done);
  const pending = migrations.filter((migration) => !done.has(migration.id));
  const late = pending.find((migration) => migration.id < newest);
  if (late) throw new MigrationError(`${late.name} is older than what the database has. Give it the next free number.`);
  return pending;
}

async function applyNext(client: Queryable, migrations: Migration[]): Promise<string | null> {
  await allowLongStatements(client);
  await longQuery(client, `select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
  await client.query(`create table if not exists migrations (
    id int primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now())`);
  // The lock was waited for in a statement of its own, so this one sees what its last holder committed.
  const { rows } = await client.query<AppliedRow>('select id, name, sha256 from migrations order by id');
  const migration = pendingMigrations(migrations, rows)[0];
  if (!migration) return null;
  await client.query('insert into migrations (id, name, sha256) values ($1, $2, $3)', [
    migration.id,
    migration.name,
    migration.sha256,
  ]);
  await longQuery(client, migration.sql);
  return migration.name;
}

async function readMigration(folder: URL, name: string): Promise<Migration> {
  const number = /^(\d{6})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
  if (!number) throw new MigrationError(`${name} is not named like 000001_what_it_does.sql.`);
  const sql = await readFile(new URL(name, folder), 'utf8');
  return { id: Number(number), name, sha256: createHash('sha256').update(sql).digest('hex'), sql };
}
