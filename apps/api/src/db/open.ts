// Opens the service's database: PostgreSQL when there is a URL, else the embedded one.
import type { Config } from '../config.js';
import type { Database } from './database.js';
import { silentLog } from './db-log.js';
import type { DbLog } from './db-log.js';
import { openEmbedded } from './embedded/open-embedded.js';
import type { OpeningStep } from './embedded/open-embedded.js';
import { openPostgres } from './postgres.js';

export interface OpenOptions {
  /** A PostgreSQL URL. Unset opens the embedded database. */
  url?: string | undefined;
  /** The embedded database's data directory; undefined keeps it in memory. */
  dataDir?: string | undefined;
  /** Connections of the general pool (PostgreSQL). */
  poolSize: number;
  log?: DbLog;
  /** Steps of opening the embedded database, for the start-up spinner. */
  onProgress?: (step: OpeningStep) => void;
}

/** Opens the database. Throws DirectoryLockedError when another process has the data directory; a PostgreSQL that is down is met by the first query. */
export async function openDatabase({
  url,
  dataDir,
  poolSize,
  log = silentLog,
  onProgress,
}: OpenOptions): Promise<Database> {
  return url ? openPostgres({ url, poolSize, log }) : openEmbedded({ dataDir, log, onProgress });
}

/** Opens the database that the configuration names. `onProgress` hears how the embedded one comes up. */
export function openConfigured(
  { databaseUrl, dataDir, databasePool }: Pick<Config, 'databaseUrl' | 'dataDir' | 'databasePool'>,
  { log, onProgress }: Pick<OpenOptions, 'log' | 'onProgress'>,
): Promise<Database> {
  return openDatabase({
    url: databaseUrl ?? undefined,
    dataDir: dataDir ?? undefined,
    poolSize: databasePool,
    ...(log && { log }),
    ...(onProgress && { onProgress }),
  });
}
