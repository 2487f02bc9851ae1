// A home whose embedded database has its schema already, so that a process on it starts as fast as one that is started again.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isOnPostgres } from '../../support/on-postgres.js';
import { makeHome } from '../../support/process.js';
import type { Home } from '../../support/process.js';
import { readSnapshot } from '../../support/snapshot.js';

/** Makes the home. On PostgreSQL it is an empty database, which is as fast. */
export async function makeReadyHome(): Promise<Home> {
  const home = await makeHome();
  if (isOnPostgres) return home;
  const database = join(home.env['RECADO_DATA_DIR'] ?? '', 'database');
  const dump = join(home.dir, 'schema.tar');
  await mkdir(database, { recursive: true, mode: 0o700 });
  await writeFile(dump, await readSnapshot());
  await promisify(execFile)('tar', ['-xf', dump, '-C', database]);
  return home;
}
