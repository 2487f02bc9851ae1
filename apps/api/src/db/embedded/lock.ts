// The directory lock of the embedded database: two processes on one data directory lose acknowledged rows without an error.
import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { isOwnerAlive, OwnerSchema, processStart, showLife } from './owner.js';
import type { Owner } from './owner.js';

/** Another live process has the directory. `pid` is null when the lock file cannot be read. */
export class DirectoryLockedError extends Error {
  constructor(
    readonly path: string,
    readonly pid: number | null,
  ) {
    super(
      pid === null
        ? `The lock file ${path} cannot be read. If no Recado runs on this data directory, remove the file and start again.`
        : `The data directory is in use by process ${pid} (${path}). Stop that process, or choose another RECADO_DATA_DIR.`,
    );
    this.name = 'DirectoryLockedError';
  }
}

/** Takes the lock file at `path` for as long as this process lives. A live owner is never robbed, however old; a dead one's lock is taken over. Throws DirectoryLockedError. */
export async function lockDirectory(path: string): Promise<{ release(): Promise<void> }> {
  const owner: Owner = { pid: process.pid, startedAt: await processStart(process.pid), token: randomUUID() };
  const life = await showLife(socketOf(path, owner));
  const draft = `${path}.${owner.token}`;
  try {
    await writeFile(draft, JSON.stringify(owner), { flag: 'wx', mode: 0o600 });
    // A link appears whole or not at all, so nobody ever reads a half-written lock.
    while (!(await isLinked(draft, path))) await clearDeadLock(path);
  } catch (error) {
    life.stop();
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return {
    async release() {
      if ((await readOwner(path))?.token === owner.token) await rm(path, { force: true });
      life.stop();
    },
  };
}

/** Removes the lock at `path` when its owner is dead; throws DirectoryLockedError when it lives. */
async function clearDeadLock(path: string): Promise<void> {
  const owner = await readOwner(path);
  if (!owner) return;
  if (await isOwnerAlive(owner, socketOf(path, owner))) throw new DirectoryLockedError(path, owner.pid);
  // Whoever removes this owner's lock holds a lock on that removal. So between looking and removing, nobody can have put
  // a new owner's lock in its place, and a taker that dies half-way leaves a dead lock like any other.
  const removal = await lockRemoval(`${path}.${owner.token}.gone`);
  if (!removal) return;
  try {
    if ((await readOwner(path))?.token !== owner.token) return;
    await rm(socketOf(path, owner), { force: true });
    await rm(path, { force: true });
  } finally {
    await removal.release();
  }
}

/** The lock on a removal; null after a moment's wait when another taker has it. */
async function lockRemoval(path: string): Promise<{ release(): Promise<void> } | null> {
  try {
    return await lockDirectory(path);
  } catch (error) {
    if (!(error instanceof DirectoryLockedError)) throw error;
    await wait(5);
    return null;
  }
}

async function isLinked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The owner written at `path`, null when there is no lock. Throws DirectoryLockedError when the file is not one of ours. */
async function readOwner(path: string): Promise<Owner | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    return OwnerSchema.parse(JSON.parse(text));
  } catch {
    throw new DirectoryLockedError(path, null);
  }
}

function socketOf(path: string, owner: Owner): string {
  return `${path}.${owner.token.slice(0, 8)}.sock`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
