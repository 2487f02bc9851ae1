// Lists and where the log stood when they were read, in one snapshot.
import type pg from 'pg';
import type { Database } from '../db/database.js';
import { readPositions } from '../events/tail.js';

/** Runs reads that all see the same moment. */
export async function inSnapshot<T>(db: Database, read: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return db.transaction(async (client) => {
    await client.query('set transaction isolation level repeatable read, read only');
    return read(client);
  });
}

/** Runs reads in one repeatable-read transaction and tells the tenant's log cursor in it, `<epoch>:<seq>`. */
export async function readSnapshot<T extends object>(
  db: Database,
  tenantId: string,
  read: (client: pg.PoolClient) => Promise<T>,
): Promise<T & { asOf: string }> {
  return inSnapshot(db, async (client) => {
    const position = (await readPositions(client, [tenantId])).get(tenantId);
    const result = await read(client);
    return { ...result, asOf: position ? `${position.epoch}:${position.head}` : '' };
  });
}
