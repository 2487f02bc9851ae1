// Partitions by day of the raw deliveries and of the ledger, made ahead of time.
import type { Database, Queryable } from './database.js';
import { allowLongStatements, longQuery } from './long-query.js';

/** The tables that are partitioned by range of their column `day`, each with a DEFAULT partition. */
export const PARTITIONED_TABLES = ['deliveries', 'inbox_events'] as const;

type PartitionedTable = (typeof PARTITIONED_TABLES)[number];

/** The longest that readers of the DEFAULT partition are made to wait behind us; the next run tries again. */
const LOCK_TIMEOUT = '2s';
/** Of pg_advisory_xact_lock. */
const PARTITION_LOCK = 7_263_002;
const DAY_MS = 86_400_000;

/** A partition that was made, and how many rows the DEFAULT one had of its day. */
export interface NewPartition {
  name: string;
  moved: number;
}

/** Makes the partitions from yesterday to `daysAhead` days after `now` (UTC days). Several processes may do it at once; what one of them made, the others leave out of their answer. */
export async function ensurePartitions(
  db: Database,
  { now, daysAhead = 7 }: { now: Date; daysAhead?: number },
): Promise<NewPartition[]> {
  const wanted = daysAround(now, daysAhead).flatMap((day) =>
    PARTITIONED_TABLES.map((table) => ({ table, day, name: partitionName(table, day) })),
  );
  const { rows } = await db.pool.query<{ name: string }>(
    'select name from unnest($1::text[]) as wanted (name) where to_regclass(quote_ident(name)) is null',
    [wanted.map(({ name }) => name)],
  );
  const missing = new Set(rows.map(({ name }) => name));
  const made: NewPartition[] = [];
  for (const partition of wanted) {
    if (!missing.has(partition.name)) continue;
    const moved = await db.transaction((client) => makePartition(client, partition));
    if (moved !== null) made.push({ name: partition.name, moved });
  }
  return made;
}

/** `deliveries_20240502` for the day '2024-05-02'. */
export function partitionName(table: PartitionedTable, day: string): string {
  return `${table}_${day.replaceAll('-', '')}`;
}

/** The UTC days from the one before `now` to the one `daysAhead` after it, as 'YYYY-MM-DD'. */
export function daysAround(now: Date, daysAhead: number): string[] {
  return Array.from({ length: daysAhead + 2 }, (_, index) => isoDay(now.getTime() + (index - 1) * DAY_MS));
}

/** Makes one partition and moves its day out of DEFAULT, where rows land when nobody made it in time. Null when another process was faster. */
async function makePartition(
  client: Queryable,
  { table, day, name }: { table: PartitionedTable; day: string; name: string },
): Promise<number | null> {
  const end = isoDay(Date.parse(day) + DAY_MS);
  await allowLongStatements(client);
  // Other makers are waited for here, without the limit below.
  await longQuery(client, `select pg_advisory_xact_lock(${PARTITION_LOCK})`);
  await client.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
  // Parent before DEFAULT, as ANALYZE takes them. Inserts into the other days go on; nobody writes to DEFAULT until the move is done.
  await client.query(`lock table only ${table} in share update exclusive mode`);
  await client.query(`lock table ${table}_default in access exclusive mode`);
  const { rows } = await client.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [name]);
  if (rows[0]?.exists) return null;
  await client.query(`create table ${name} (like ${table} including all)`);
  const { rowCount } = await longQuery(
    client,
    `with moved as (delete from ${table}_default where day = '${day}' returning *) insert into ${name} select * from moved`,
  );
  await longQuery(client, `alter table ${table} attach partition ${name} for values from ('${day}') to ('${end}')`);
  return rowCount ?? 0;
}

function isoDay(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
