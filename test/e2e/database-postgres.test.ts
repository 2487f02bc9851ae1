import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../apps/api/dist/db/database.js';
import { createAnalyzer } from '../../apps/api/dist/db/analyze.js';
import { silentLog } from '../../apps/api/dist/db/db-log.js';
import { classifySqlError } from '../../apps/api/dist/db/errors.js';
import { getOrCreateInstallationValue, renewEpochsIfRestored } from '../../apps/api/dist/db/installation.js';
import { migrate, readMigrations } from '../../apps/api/dist/db/migrate.js';
import { openDatabase } from '../../apps/api/dist/db/open.js';
import { ensurePartitions } from '../../apps/api/dist/db/partitions.js';
import { describeOnPostgres } from '../support/on-postgres.js';
import { createTestDatabase } from '../support/postgres.js';
import type { TestDatabase } from '../support/postgres.js';

describeOnPostgres('migrations on PostgreSQL', () => {
  test('twenty at once leave one schema, each file applied once', async () => {
    await using target = await createTestDatabase();
    const databases = await Promise.all(
      Array.from({ length: 20 }, () => openDatabase({ url: target.url, poolSize: 1 })),
    );
    try {
      const applied = await Promise.all(databases.map((db) => migrate(db)));
      const files = (await readMigrations()).map(({ name }) => name);
      expect(applied.flat().toSorted()).toEqual(files);
      const { rows } = await databases[0]!.pool.query<{ name: string }>('select name from migrations order by id');
      expect(rows.map(({ name }) => name)).toEqual(files);
    } finally {
      await Promise.all(databases.map((db) => db.close()));
    }
  });

  test('a file that fails leaves neither its tables nor its row', async () => {
    await using target = await createTestDatabase();
    const db = await openDatabase({ url: target.url, poolSize: 1 });
    try {
      const broken = { id: 1, name: '000001_broken.sql', sha256: 'x', sql: 'create table half (n int); select 1 / 0;' };
      await expect(migrate(db, [broken])).rejects.toMatchObject({ code: '22012' });
      const { rows } = await db.pool.query(
        "select to_regclass('half') as half, to_regclass('migrations') as migrations",
      );
      expect(rows).toEqual([{ half: null, migrations: null }]);
    } finally {
      await db.close();
    }
  });
});

describeOnPostgres('PostgreSQL, migrated', () => {
  let target: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    target = await createTestDatabase();
    db = await openDatabase({ url: target.url, poolSize: 4 });
    await migrate(db);
  });
  afterAll(async () => {
    await db.close();
    await target[Symbol.asyncDispose]();
  });

  test("ingest's connections walk indexes, the others do not have to", async () => {
    const show = "select current_setting('enable_hashjoin') as joins, current_setting('application_name') as name";
    expect((await db.ingestPool.query(show)).rows).toEqual([{ joins: 'off', name: 'recado' }]);
    expect((await db.pool.query(show)).rows).toEqual([{ joins: 'on', name: 'recado' }]);
  });

  test('a statement that hangs fails within 3 s as an outage, and its connection is not used again', async () => {
    const started = performance.now();
    const client = await db.ingestPool.connect();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const error = await client.query('select pg_sleep(20)').catch((reason: unknown) => reason);
    client.release(error as Error);
    expect(classifySqlError(error)).toBe('outage');
    expect(performance.now() - started).toBeLessThan(3_000);
    const next = await db.ingestPool.query<{ pid: number }>('select pg_backend_pid() as pid');
    expect(next.rows[0]?.pid).not.toBe(rows[0]?.pid);
  });

  test('a connection lost inside a transaction is an outage, and the pool serves on', async () => {
    const failure = db.transaction(async (client) => {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      await db.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
      await client.query('select 1');
    });
    expect(classifySqlError(await failure.catch((reason: unknown) => reason))).toBe('outage');
    expect((await db.pool.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
  });

  test('a commit that the database turned into a rollback is an error, and the client is clean', async () => {
    const failure = db.transaction(async (client) => {
      await client.query('select 1 / 0').catch(() => {});
    });
    await expect(failure).rejects.toThrow(/COMMIT was answered with ROLLBACK/);
    expect((await db.pool.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
  });

  test('eight at once make each partition once, and the rows that waited in DEFAULT move', async () => {
    const now = new Date('2024-05-02T10:00:00Z');
    await db.pool.query(
      `insert into inbox_events (day, tenant_id, id, delivery_id, item_index, instance_id, kind, verdict, reason)
       select day, 'demo', gen_random_uuid(), gen_random_uuid(), 0, 'i', 'message', 'accepted', 'stored'
       from unnest(array['2024-05-02', '2024-05-02', '2020-01-01']::date[]) as days (day)`,
    );
    const databases = await Promise.all(
      Array.from({ length: 8 }, () => openDatabase({ url: target.url, poolSize: 1 })),
    );
    const made = await Promise.all(databases.map((one) => ensurePartitions(one, { now })));
    await Promise.all(databases.map((one) => one.close()));

    const names = made.flat().map(({ name }) => name);
    expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
    expect(names).toHaveLength(18);
    expect(made.flat().filter(({ moved }) => moved > 0)).toEqual([{ name: 'inbox_events_20240502', moved: 2 }]);
    const { rows } = await db.pool.query<{ part: string }>(
      'select tableoid::regclass::text as part from inbox_events order by 1',
    );
    expect(rows.map(({ part }) => part)).toEqual([
      'inbox_events_20240502',
      'inbox_events_20240502',
      'inbox_events_default',
    ]);
    expect(await ensurePartitions(db, { now })).toEqual([]);
  });

  test('of many processes that make a secret, all get the same one', async () => {
    const values = await Promise.all(
      Array.from({ length: 12 }, (_, index) => getOrCreateInstallationValue(db, 'jwt', () => `secret-${index}`)),
    );
    expect(new Set(values).size).toBe(1);
  });

  test('epochs are renewed once when the database is another one, and not before', async () => {
    await db.pool.query("insert into tenants (id, name) values ('restored', 'R')");
    await db.pool.query("insert into streams (tenant_id, epoch) values ('restored', 'old')");
    const epoch = async () =>
      (await db.pool.query<{ epoch: string }>("select epoch from streams where tenant_id = 'restored'")).rows[0]?.epoch;
    expect(await renewEpochsIfRestored(db)).toBe(false);
    expect(await renewEpochsIfRestored(db)).toBe(false);
    expect(await epoch()).toBe('old');
    await db.pool.query("update installation set value = '7:00000001' where key = 'database_identity'");
    const renewed = await Promise.all([renewEpochsIfRestored(db), renewEpochsIfRestored(db)]);
    expect(renewed.filter(Boolean)).toEqual([true]);
    expect(await epoch()).not.toBe('old');
  });

  test('ANALYZE runs at the start where there are no statistics, and after 100 events', async () => {
    const tickets = async () =>
      (await db.pool.query<{ n: number }>("select reltuples::float8 as n from pg_class where relname = 'tickets'"))
        .rows[0]?.n;
    expect(await tickets()).toBe(-1);
    const analyzer = createAnalyzer(db, silentLog);
    await analyzer.start();
    expect(await tickets()).toBe(0);
    await db.pool.query(
      `insert into tickets (tenant_id, id, instance_id, chat, contact_id, status)
       select 'demo', gen_random_uuid(), 'i', n::text, gen_random_uuid(), 'OPEN' from generate_series(1, 50) n`,
    );
    analyzer.noteIngested(99);
    await analyzer.idle();
    expect(await tickets()).toBe(0);
    analyzer.noteIngested(1);
    await analyzer.idle();
    expect(await tickets()).toBe(50);
  });
});

test('a server that is not there is an outage within 3 s', async () => {
  const db = await openDatabase({ url: 'postgres://recado@127.0.0.1:9/none', poolSize: 1 });
  const error = await db.pool.query('select 1').catch((reason: unknown) => reason);
  expect(classifySqlError(error)).toBe('outage');
  await db.close();
});
