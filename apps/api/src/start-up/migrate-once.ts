// Brings the database to this version's schema without starting the service.
import type { Config } from '../config.js';
import { migrate } from '../db/migrate.js';
import { openDatabase } from '../db/open.js';

/** Applies what is missing. Returns how many migrations this process applied. */
export async function migrateOnce(config: Config): Promise<number> {
  const db = await openDatabase({
    url: config.databaseUrl ?? undefined,
    dataDir: config.dataDir ?? undefined,
    poolSize: 1,
  });
  try {
    return (await migrate(db)).length;
  } finally {
    await db.close();
  }
}
