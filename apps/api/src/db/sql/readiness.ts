// What readiness asks the database: that it answers and that its schema is there.
import type { Queryable } from '../database.js';

/** Whether the migrations have run. Throws when the database is away. */
export async function selectIsMigrated(db: Queryable): Promise<boolean> {
  const { rowCount } = await db.query('select 1 from migrations limit 1');
  return rowCount === 1;
}
