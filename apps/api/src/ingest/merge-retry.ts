// Runs a merge again when another transaction was in its way.
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Database } from '../db/database.js';
import { classifySqlError } from '../db/errors.js';

const ATTEMPTS = 8;

/** What the merge had read is no longer so: it is rolled back and read again. */
export class MergeRaced extends Error {
  constructor() {
    super('another transaction changed the contacts while they were being merged');
    this.name = 'MergeRaced';
  }
}

/** A transaction that is tried again after a deadlock, a rival's insert under the same key, or MergeRaced; at most 8 times, with jitter. */
export async function retriedTransaction<T>(db: Database, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction(work);
    } catch (error) {
      if (attempt === ATTEMPTS || !isWorthRetrying(error)) throw error;
      await delay(Math.random() * 10 * 2 ** attempt);
    }
  }
}

function isWorthRetrying(error: unknown): boolean {
  if (error instanceof MergeRaced || classifySqlError(error) === 'retry') return true;
  return error instanceof Error && 'code' in error && error.code === '23505';
}
