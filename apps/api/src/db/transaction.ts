// Transactions on a pool: commit that is checked, rollback that is certain.
import type pg from 'pg';
import { classifySqlError } from './errors.js';

/** Runs `work` between BEGIN and COMMIT on one client. Rolls back when it throws; a client that may still be inside a transaction is destroyed, never returned. */
export async function runTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query('begin');
    const result = await work(client);
    assertCommitted(await client.query('commit'));
    broken = false;
    return result;
  } catch (error) {
    broken = classifySqlError(error) === 'outage' || !(await isRolledBack(client));
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Throws unless the command tag is COMMIT: a failed transaction answers COMMIT with ROLLBACK and no error. */
export function assertCommitted(result: pg.QueryResult): void {
  if (result.command === 'COMMIT') return;
  throw new Error(
    `COMMIT was answered with ${result.command}: a statement before it had failed and its error was lost`,
  );
}

async function isRolledBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    return false;
  }
}
