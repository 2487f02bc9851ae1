// When the database cannot: retried whole after a race, 503 for everybody in an outage, and never a 202 without a row.
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { bootService } from '../support/boot.js';
import type { Answer, Rig } from '../support/boot.js';
import { failInserts, freezeCommits } from '../support/ingest-faults.js';
import { delivery, instant, message, person } from '../support/ingest-items.js';
import { countRows, inconsistencies } from '../support/ingest-oracle.js';
import { holding, holdLog, openIngestWorld, untilBlocked } from '../support/ingest-world.js';
import { describeOnPostgres } from '../support/on-postgres.js';
import type { IngestWorld } from '../support/ingest-world.js';
import { inboundText } from '../support/samples.js';

const STORED = [
  'messages',
  'contacts',
  'contact_aliases',
  'tickets',
  'deliveries',
  'inbox_events',
  'parked_events',
  'events',
] as const;
const NOTHING = Object.fromEntries(STORED.map((table) => [table, 0]));

describeOnPostgres('an outage', () => {
  let world: IngestWorld;
  let rig: Rig;
  beforeAll(async () => {
    world = await openIngestWorld({ contexts: 1 });
    await world.pool.query(`insert into tenants (id, name) values ('demo', 'Demo');
      insert into streams (tenant_id, epoch) values ('demo', 'epoch');
      insert into instances (tenant_id, id, instance_id, broker) values ('demo', '${uuidv7()}', 'demo', 'canonical')`);
    rig = await bootService({ databaseUrl: world.url });
  });
  afterAll(async () => {
    await rig?.close();
    await world?.[Symbol.asyncDispose]();
  });
  beforeEach(() => world.clear());

  const stored = () => countRows(world.pool, [...STORED]);
  const post = (count: number, prefix = 'm') =>
    Promise.all(
      Array.from({ length: count }, (_, n) =>
        rig.webhook(inboundText(`${prefix}${n}`, { phone: `+551196000${1000 + (n % 7)}` })),
      ),
    );
  function expectUnavailable(answers: Answer[]): void {
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 503, body: { error: { retryable: true } } });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  }
  async function expectWorking(): Promise<void> {
    const answers = await post(20);
    expect(answers.map(({ status, body }) => ({ status, body }))).toEqual(
      answers.map(() => ({ status: 202, body: expect.objectContaining({ queued: 1, duplicates: 0, parked: 0 }) })),
    );
    expect(await countRows(world.pool, ['messages', 'deliveries', 'parked_events'])).toEqual({
      messages: 20,
      deliveries: 20,
      parked_events: 0,
    });
    expect(await inconsistencies(world.pool)).toEqual([]);
  }

  test.each(['40P01', '40001'])(
    '%s, three times in a row: the batch is retried whole, nothing is parked',
    async (code) => {
      await using _fault = await failInserts(world.pool, { code, times: 3 });
      await expectWorking();
    },
  );

  test('a real deadlock with another session: the batch is retried whole, nothing is parked', async () => {
    const submit = (id: string, n: number) =>
      world.context(0).ingest.submit(delivery([message({ id, from: person(n) })]));
    await submit('first', 1);
    await submit('second', 2);
    const { rows } = await world.pool.query<{ id: string }>('select id from tickets order by chat');
    const [low, high] = rows.map(({ id }) => id);
    const rival = await world.pool.connect();
    try {
      // The rival must not be the one who notices.
      await rival.query(`begin; set local deadlock_timeout = '60s'`);
      await rival.query('select 1 from tickets where id = $1 for update', [high]);
      const both = world
        .context(0)
        .ingest.submit(
          delivery([message({ id: 'third', from: person(1) }), message({ id: 'fourth', from: person(2) })]),
        );
      await untilBlocked(world.pool);
      await rival.query('select 1 from tickets where id = $1 for update', [low]);
      await rival.query('rollback');
      expect((await both).map(({ verdict }) => verdict)).toEqual(['accepted', 'accepted']);
    } finally {
      rival.release(true);
    }
    expect(world.logged.filter((line) => line.includes('40P01'))).toHaveLength(1);
    expect(await countRows(world.pool, ['messages', 'parked_events'])).toEqual({ messages: 4, parked_events: 0 });
    expect(await inconsistencies(world.pool)).toEqual([]);
  });

  test('a race that never ends is given up after a while: 503, nothing parked, nothing stored', async () => {
    {
      await using _fault = await failInserts(world.pool, { code: '40001' });
      expectUnavailable(await post(5));
      expect(await stored()).toEqual(NOTHING);
    }
    await expectWorking();
  });

  test.each([
    ['a full disk', '53100', true],
    ['a full disk', '53100', false],
    ['a server that shuts down', '57P01', true],
    ['an I/O error', '58030', false],
    ['a corrupted index', 'XX002', false],
  ])(
    '%s (%s, at commit: %s): 503 with Retry-After for every request, nothing parked, nothing stored; then it works again',
    async (_, code, atCommit) => {
      {
        await using _fault = await failInserts(world.pool, { code, atCommit });
        expectUnavailable(await post(30));
        expect(await stored()).toEqual(NOTHING);
      }
      await expectWorking();
    },
  );

  test('a connection killed in the middle of a batch: 503, nothing parked; sent again it is stored', async () => {
    {
      await using log = await holdLog(world.url, 'demo');
      const answers = post(30);
      const pids = await untilBlocked(world.pool);
      await world.pool.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [pids]);
      await log.release();
      const settled = await answers;
      expect(settled.filter(({ status }) => status === 503).length).toBeGreaterThan(0);
      expectUnavailable(settled.filter(({ status }) => status !== 202));
      const acknowledged = settled.filter(({ status }) => status === 202).length;
      expect(await countRows(world.pool, ['messages', 'parked_events'])).toEqual({
        messages: acknowledged,
        parked_events: 0,
      });
    }
    await world.clear();
    await expectWorking();
  });

  describe('acknowledged means committed', () => {
    test('while the commit is on its way nobody is answered; the answer comes with the row', async () => {
      await using _freeze = await freezeCommits(world.pool);
      const lock = await holding(world.url, 'select pg_advisory_lock(1)');
      const answered: number[] = [];
      const answers = Array.from({ length: 10 }, async (_, n) => {
        const answer = await rig.webhook(inboundText(`m${n}`));
        answered.push(answer.status);
        return { answer, rows: await countRows(world.pool, ['messages']) };
      });
      await untilBlocked(world.pool);
      expect(await stored()).toEqual(NOTHING);
      expect(answered).toEqual([]);
      await lock.release();
      for (const { answer, rows } of await Promise.all(answers)) {
        expect(answer.status).toBe(202);
        expect(rows.messages).toBeGreaterThan(0);
      }
      expect(await countRows(world.pool, ['messages'])).toEqual({ messages: 10 });
    });

    test.each(['log', 'commit'])(
      'a %s that stays frozen is answered with 503 in time, never with 202',
      async (frozen) => {
        const from = performance.now();
        {
          await using _freeze = await freezeCommits(world.pool);
          await using _lock =
            frozen === 'log'
              ? await holdLog(world.url, 'demo')
              : await holding(world.url, 'select pg_advisory_lock(1)');
          expectUnavailable(await post(10));
          expect(performance.now() - from).toBeLessThan(6_000);
          expect(await stored()).toEqual(NOTHING);
        }
        // What was frozen inside COMMIT may still go through once it thaws: sent again, each is one row either way.
        const again = await post(10);
        expect(again.map(({ status }) => status)).toEqual(again.map(() => 202));
        expect(await countRows(world.pool, ['messages', 'parked_events'])).toEqual({ messages: 10, parked_events: 0 });
        expect(await inconsistencies(world.pool)).toEqual([]);
      },
    );
  });

  describe('the waiting line', () => {
    const hundred = (instanceId: string, n: number) =>
      delivery(
        Array.from({ length: 100 }, (_, k) =>
          message({ id: `${instanceId}-${n}-${k}`, from: person(k), at: instant(k) }),
        ),
        { tenantId: 'demo', instanceId },
      );
    /** Submits so many deliveries of 100; their outcomes as one word each, whenever they come. */
    function submit(instanceId: string, count: number): Promise<string>[] {
      return Array.from({ length: count }, (_, n) =>
        rig.ctx.ingest.submit(hundred(instanceId, n)).then(
          () => 'stored',
          (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown'),
        ),
      );
    }

    function oneIsRefused(outcomes: Promise<string>[]): Promise<void> {
      return Promise.any(
        outcomes.map(async (outcome) => {
          if ((await outcome) !== 'OVERLOADED') throw new Error('not refused');
        }),
      );
    }

    function untilWaiting(events: number): Promise<void> {
      return vi.waitFor(() => expect(rig.ctx.ingest.waiting()).toBe(events), { timeout: 2_000, interval: 5 });
    }

    test('takes 5,000 events, half of them at most from one instance; beyond it 503 with Retry-After', async () => {
      await using log = await holdLog(world.url, 'demo');
      const greedy = submit('demo', 26);
      // Which of them comes last is the event loop's choice.
      await oneIsRefused(greedy);
      await untilWaiting(2_500);
      expectUnavailable([await rig.webhook(inboundText('one more'))]);
      const others = submit('other', 25);
      await untilWaiting(5_000);
      expect(await submit('third', 1)[0]).toBe('OVERLOADED');
      await log.release();
      const outcomes = await Promise.all([...greedy, ...others]);
      expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(50);
      expect(rig.ctx.ingest.waiting()).toBe(0);
      expect(await countRows(world.pool, ['messages'])).toEqual({ messages: 5_000 });
      expect((await rig.webhook(inboundText('one more'))).status).toBe(202);
    });

    test('takes 64 MB', async () => {
      await using log = await holdLog(world.url, 'demo');
      const raw = Buffer.alloc(30 * 1024 * 1024);
      const sizes = ['demo', 'other', 'third'].map((instanceId) =>
        rig.ctx.ingest
          .submit({
            ...delivery([message({ id: instanceId, from: person(1) })], { tenantId: 'demo', instanceId }),
            raw,
          })
          .then(
            () => 'stored',
            () => 'refused',
          ),
      );
      expect(await sizes[2]).toBe('refused');
      const pids = await untilBlocked(world.pool);
      await world.pool.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [pids]);
      await log.release();
      await Promise.all(sizes);
      expect(rig.ctx.ingest.waiting()).toBe(0);
    });
  });
});
