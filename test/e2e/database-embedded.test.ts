import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../apps/api/dist/db/db-log.js';
import { openEmbedded } from '../../apps/api/dist/db/embedded/open-embedded.js';
import type { EmbeddedDatabase } from '../../apps/api/dist/db/embedded/open-embedded.js';
import { classifySqlError } from '../../apps/api/dist/db/errors.js';
import { openDatabase } from '../../apps/api/dist/db/open.js';
import { readSnapshot } from '../support/snapshot.js';

async function count(db: EmbeddedDatabase, sql: string): Promise<unknown> {
  const { rows } = await db.pool.query<{ count: unknown }>(sql);
  return rows[0]?.count;
}

describe('the embedded database in memory', () => {
  let db: EmbeddedDatabase;
  beforeAll(async () => {
    db = await openEmbedded({ snapshot: await readSnapshot(), log: silentLog });
  });
  afterAll(() => db.close());

  test('begins migrated and empty', async () => {
    expect(await count(db, 'select count(*) as count from messages')).toBe(0);
  });

  test('statements written together are answered one by one, an error in the middle included', async () => {
    const client = await db.pool.connect();
    try {
      const results = await Promise.allSettled([
        client.query('select 1 as n'),
        client.query('select 1 / $1::int as n', [0]),
        client.query({ name: 'two', text: 'select $1::int as n', values: [2] }),
        client.query({ name: 'two', text: 'select $1::int as n', values: [3] }),
      ]);
      expect(results.map((result) => (result.status === 'fulfilled' ? result.value.rows : result.reason.code))).toEqual(
        [[{ n: 1 }], '22012', [{ n: 2 }], [{ n: 3 }]],
      );
    } finally {
      client.release();
    }
  });

  test('large values go both ways unharmed', async () => {
    const bytes = Buffer.alloc(3_000_000, 'recado');
    const { rows } = await db.pool.query<{ bytes: Buffer }>('select $1::bytea as bytes', [bytes]);
    expect(rows[0]?.bytes.equals(bytes)).toBe(true);
  });

  test('int8 is a number, a date its text, a timestamp a Date', async () => {
    const { rows } = await db.pool.query(
      `select 9007199254740991::int8 as seq, '2024-05-02'::date as day, array[1, null]::int8[] as seqs, timestamptz '2024-05-02T13:05:00Z' as at`,
    );
    expect(rows).toEqual([
      { seq: 9007199254740991, day: '2024-05-02', seqs: [1, null], at: new Date('2024-05-02T13:05:00Z') },
    ]);
  });

  test('what a destroyed client left behind is gone for the next one', async () => {
    const client = await db.pool.connect();
    await client.query('begin');
    await client.query("insert into installation values ('left', 'behind')");
    await client.query({ name: 'left', text: 'select 1', values: [] });
    client.release(true);
    expect(await count(db, "select count(*) as count from installation where key = 'left'")).toBe(0);
    expect((await db.pool.query({ name: 'left', text: 'select 2 as n', values: [] })).rows).toEqual([{ n: 2 }]);
  });

  test('a transaction rolls back when its work throws', async () => {
    const failure = db.transaction(async (client) => {
      await client.query("insert into installation values ('rolled', 'back')");
      throw new Error('changed my mind');
    });
    await expect(failure).rejects.toThrow('changed my mind');
    expect(await count(db, "select count(*) as count from installation where key = 'rolled'")).toBe(0);
  });

  test('a commit that the database turned into a rollback is an error', async () => {
    const failure = db.transaction(async (client) => {
      await client.query('select 1 / 0').catch(() => {});
    });
    await expect(failure).rejects.toThrow(/COMMIT was answered with ROLLBACK/);
  });

  test('a second connection inside a transaction is an error, not a wait for ever', async () => {
    await expect(db.transaction(() => db.pool.query('select 1'))).rejects.toThrow(/second connection/);
    expect(await count(db, 'select 1 as count')).toBe(1);
  });

  test('an ingest transaction begins with the planner settings, and ends with them', async () => {
    const client = await db.ingestPool.connect();
    const show = 'select current_setting($1) as value';
    try {
      await client.query(db.ingestBegin);
      expect((await client.query(show, ['enable_seqscan'])).rows).toEqual([{ value: 'off' }]);
      await client.query('commit');
      expect((await client.query(show, ['enable_seqscan'])).rows).toEqual([{ value: 'on' }]);
    } finally {
      client.release();
    }
  });
});

describe('the embedded database on disk', { timeout: 90_000 }, () => {
  let directory: string;
  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'recado-embedded-')), 'data');
  });
  afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

  test('is made once, 0700, tells its progress, refuses a second opener and keeps its rows', async () => {
    const steps: string[] = [];
    const open = () => openDatabase({ dataDir: directory, poolSize: 1, onProgress: (step) => steps.push(step) });
    const first = await open();
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    await first.pool.query('create table kept (n int)');
    await first.pool.query('insert into kept values (1)');
    await expect(open()).rejects.toThrow(`process ${process.pid}`);
    await first.close();
    const second = await open();
    expect((await second.pool.query('select n from kept')).rows).toEqual([{ n: 1 }]);
    await second.close();
    expect(steps).toEqual(['creating', 'ready', 'opening', 'ready']);
  });

  test('a stuck worker is terminated and reopened: what waited fails as an outage, what was committed is there', async () => {
    const snapshot = await readSnapshot();
    const db = await openEmbedded({ dataDir: directory, snapshot, stuckAfterMs: 1_500, log: silentLog });
    try {
      await db.pool.query('create table kept (n int)');
      await db.pool.query('insert into kept values (1)');
      const stuck = db.transaction(async (client) => {
        await client.query('insert into kept values (2)');
        await client.query('do $$ begin loop end loop; end $$');
      });
      const waiting = db.pool.query<{ n: number }>('select n from kept');
      const error = await stuck.catch((reason: unknown) => reason);
      expect(classifySqlError(error)).toBe('outage');
      // It had no connection yet, so it is served by the next worker.
      expect((await waiting).rows).toEqual([{ n: 1 }]);
    } finally {
      await db.close();
    }
  });

  test('a killed process loses no row that it was told is committed, three times over', async () => {
    const made = await openEmbedded({ dataDir: directory, snapshot: await readSnapshot(), log: silentLog });
    await made.close();
    let acked = 0;
    for (let round = 0; round < 3; round += 1) {
      const writer = fork(new URL('../support/embedded-writer.mjs', import.meta.url), [directory], {
        execArgv: [],
      });
      const before = acked;
      await new Promise<void>((resolve) => {
        writer.on('message', (n: number) => {
          acked = n;
          if (n >= before + 25) resolve();
        });
      });
      const exit = once(writer, 'close');
      writer.kill('SIGKILL');
      await exit;
    }
    const db = await openEmbedded({ dataDir: directory, log: silentLog });
    try {
      const { rows } = await db.pool.query<{ count: number; last: number }>(
        'select count(*) as count, max(n) as last from acked',
      );
      const [found] = rows;
      expect(found?.last).toBeGreaterThanOrEqual(acked);
      expect(found?.count).toBe(found?.last);
    } finally {
      await db.close();
    }
  });
});
