// Lists and where the log stood when they were read, in one snapshot.
import type pg from 'pg';
import type { Database } from '../db/database.js';
import { readPositions } from '../events/tail.js';

/** Runs reads in one repeatable-read transaction and tells the tenant's log cursor in it, `<epoch>:<seq>`. */
export async function readSnapshot<T extends object>(
  db: Database,
  tenantId: string,
  read: (client: pg.PoolClient) => Promise<T>,
): Promise<T & { asOf: string }> {
  return db.transaction(async (client) => {
    await client.query('set transaction isolation level repeatable read, read only');
    const position = (await readPositions(client, [tenantId])).get(tenantId);
    const result = await read(client);
    return { ...result, asOf: position ? `${position.epoch}:${position.head}` : '' };
  });
}
