// What belongs to the installation as a whole: generated secrets, and the identity of the database it runs on.
import type { Database, Queryable } from './database.js';

const IDENTITY_KEY = 'database_identity';

/** The value kept under `key`; the first of all processes to ask stores what `make` gives. */
export async function getOrCreateInstallationValue(db: Database, key: string, make: () => string): Promise<string> {
  const stored = await readValue(db.pool, key);
  if (stored !== null) return stored;
  await db.pool.query('insert into installation (key, value) values ($1, $2) on conflict (key) do nothing', [
    key,
    make(),
  ]);
  // A statement of its own: its snapshot has the row, whoever won.
  const value = await readValue(db.pool, key);
  if (value === null) throw new Error(`the installation value ${key} was removed while it was made`);
  return value;
}

/**
 * Renews every stream's epoch when this is not the database that served last: restored elsewhere or failed over, it may have lost events
 * that screens have seen, and hand out their seq again. Returns whether it did. Run before the first socket is served.
 */
export async function renewEpochsIfRestored(db: Database): Promise<boolean> {
  return db.transaction(async (client) => {
    const running = await readIdentity(client);
    await client.query('insert into installation (key, value) values ($1, $2) on conflict (key) do nothing', [
      IDENTITY_KEY,
      running,
    ]);
    const { rowCount } = await client.query('update installation set value = $2 where key = $1 and value <> $2', [
      IDENTITY_KEY,
      running,
    ]);
    if (rowCount === 0) return false;
    await client.query('update streams set epoch = gen_random_uuid()::text');
    return true;
  });
}

/** `system_identifier:timeline`. The timeline comes from the WAL's position, which a promotion moves at once; the control file waits for a checkpoint. */
async function readIdentity(client: Queryable): Promise<string> {
  const { rows } = await client.query<{ identity: string }>(
    `select system_identifier::text || ':' || left(pg_walfile_name(pg_current_wal_lsn()), 8) as identity from pg_control_system()`,
  );
  return rows[0]?.identity ?? '';
}

async function readValue(client: Queryable, key: string): Promise<string | null> {
  const { rows } = await client.query<{ value: string }>('select value from installation where key = $1', [key]);
  return rows[0]?.value ?? null;
}
