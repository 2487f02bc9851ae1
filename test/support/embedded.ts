// A migrated embedded database in memory, begun from a dump that is made once per set of migrations.
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { silentLog } from '../../apps/api/dist/db/db-log.js';
import { openEmbedded } from '../../apps/api/dist/db/embedded/open-embedded.js';
import type { EmbeddedDatabase } from '../../apps/api/dist/db/embedded/open-embedded.js';
import { migrate, readMigrations } from '../../apps/api/dist/db/migrate.js';

const CACHE = new URL('../../node_modules/.cache/recado/', import.meta.url);
const PGLITE = new URL('../../node_modules/@electric-sql/pglite/package.json', import.meta.url);

/** Opens a database of one's own, migrated and empty, in about a second. */
export async function openMigratedEmbedded(): Promise<EmbeddedDatabase> {
  return openEmbedded({ snapshot: await readFile(await migratedSnapshot()), log: silentLog });
}

/** The path of a dump of a migrated, empty embedded database; made when there is none for these migrations. Test files may ask at once. */
export async function migratedSnapshot(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(PGLITE));
  for (const migration of await readMigrations()) hash.update(migration.sha256);
  const path = fileURLToPath(new URL(`migrated-${hash.digest('hex').slice(0, 16)}.tar`, CACHE));
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return path;
  await mkdir(CACHE, { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, await makeSnapshot());
  // Whole or not there; of several that made it at once, the last one stays, and all are alike.
  await rename(draft, path);
  return path;
}

async function makeSnapshot(): Promise<Uint8Array> {
  const db = await openEmbedded({ log: silentLog });
  try {
    await migrate(db);
    return await db.dump();
  } finally {
    await db.close();
  }
}
