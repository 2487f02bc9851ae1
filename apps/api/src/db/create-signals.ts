// Chooses the bus that fits the database.
import type { Database } from './database.js';
import type { DbLog } from './db-log.js';
import { createLocalSignals } from './signals-local.js';
import { createPostgresSignals } from './signals-postgres.js';
import type { Signals } from './signals.js';

/** The bus between the processes on `database`. `url` is PostgreSQL's. It begins to listen at once and keeps trying. */
export function createSignals(database: Database, { url, log }: { url: string | undefined; log: DbLog }): Signals {
  return database.kind === 'postgres' && url ? createPostgresSignals(database, { url, log }) : createLocalSignals();
}
