// A dump of the embedded database with the schema in it, made once per version of the migrations, so that tests start fast.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { silentLog } from '../../apps/api/dist/db/db-log.js';
import { openEmbedded } from '../../apps/api/dist/db/embedded/open-embedded.js';
import { migrate, readMigrations } from '../../apps/api/dist/db/migrate.js';

const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache/recado');

/** The dump's bytes; made now if global set-up has not. */
export async function readSnapshot(): Promise<Uint8Array> {
  const path = await snapshotPath();
  if (!existsSync(path)) await makeSnapshot();
  return readFile(path);
}

/** Makes the dump unless it is there. Runs that make it at the same time each put a whole file in its place. */
export async function makeSnapshot(): Promise<void> {
  const path = await snapshotPath();
  if (existsSync(path)) return;
  const db = await openEmbedded({ log: silentLog });
  try {
    await migrate(db);
    await mkdir(CACHE, { recursive: true });
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, await db.dump());
    await rename(draft, path);
  } finally {
    await db.close();
  }
}

async function snapshotPath(): Promise<string> {
  const hash = createHash('sha256');
  for (const migration of await readMigrations()) hash.update(migration.sha256);
  hash.update(await readFile(resolve(CACHE, '../../@electric-sql/pglite/package.json')));
  return join(CACHE, `schema-${hash.digest('hex').slice(0, 16)}.tar`);
}
