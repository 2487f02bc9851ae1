// Where generated secrets are kept: the database, or the data directory, one file per key readable by its owner alone.
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.js';
import type { Database } from './db/database.js';
import { getOrCreateInstallationValue } from './db/installation.js';

/** Keeps one text per key for good: whoever comes first writes it, everybody reads the same. */
export type Keep = (key: string, make: () => string) => Promise<string>;

/** PostgreSQL keeps them for all replicas; beside the embedded database they are files. `db` is not used for those. */
export function keeperOf(config: Config, db: Database | null): Keep {
  if (config.databaseUrl !== null && db) return (key, make) => getOrCreateInstallationValue(db, key, make);
  return config.dataDir === null ? keepInMemory() : keepInDirectory(config.dataDir);
}

/** A `Keep` in `<dataDir>/<key>.json`. A file appears whole or not at all, and never over another. */
export function keepInDirectory(dataDir: string): Keep {
  return async function keepInFile(key, make) {
    const path = join(dataDir, `${key}.json`);
    const kept = await readIfThere(path);
    if (kept !== null) return kept;
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const draft = `${path}.${randomUUID()}`;
    await writeThrough(draft, make());
    try {
      await link(draft, path);
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    } finally {
      await unlink(draft);
    }
    return readFile(path, 'utf8');
  };
}

/** A `Keep` that forgets with the process. */
export function keepInMemory(): Keep {
  const kept = new Map<string, string>();
  return function keepInMap(key, make) {
    const value = kept.get(key) ?? make();
    kept.set(key, value);
    return Promise.resolve(value);
  };
}

async function writeThrough(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(text);
  await file.sync();
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
