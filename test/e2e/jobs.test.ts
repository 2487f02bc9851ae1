// Periodic work: each slot once in the cluster, and what each job leaves behind.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobContext } from '../../apps/api/dist/jobs/job.js';
import { JOBS } from '../../apps/api/dist/jobs/registry.js';
import { startScheduler } from '../../apps/api/dist/jobs/scheduler.js';
import { slotOf } from '../../apps/api/dist/jobs/slot.js';
import { bootService } from '../support/boot.js';
import type { Rig } from '../support/boot.js';
import { inboundText } from '../support/samples.js';

const DAY_MS = 86_400_000;
let rig: Rig;

beforeAll(async () => {
  rig = await bootService();
});
afterAll(() => rig.close());

async function runJob(name: string, now: Date): Promise<Record<string, number>> {
  const job = JOBS.find((candidate) => candidate.name === name);
  if (!job) throw new Error(`no job ${name}`);
  const { config, db, stopping } = rig.ctx;
  return job.run({ config, db, now, signal: stopping });
}

async function query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await rig.ctx.db.pool.query<Row>(text, values)).rows;
}

describe('a slot', () => {
  test('runs once, however many processes look for it', async () => {
    const ran: string[] = [];
    const job = countingJob('counted', ran);
    const schedulers = Array.from({ length: 3 }, () => startScheduler({ ...rig.ctx, jobs: [job] }));
    const now = new Date();
    await Promise.all(schedulers.map((scheduler) => scheduler.tick(now)));
    await Promise.all(schedulers.map((scheduler) => scheduler.close()));
    expect(new Set(ran).size).toBe(ran.length);
    expect(ran).toContain(slotOf(10, now).toISOString());
  });

  test('is run again when its runner died, not before its lease is over', async () => {
    const now = new Date();
    const slot = slotOf(10, now);
    const abandon = (leasedUntil: Date) =>
      query(
        'insert into job_runs (job, slot, leased_until) values ($1, $2, $3) on conflict (job, slot) do update set leased_until = $3, finished_at = null',
        ['abandoned', slot, leasedUntil],
      );
    const ran: string[] = [];
    await abandon(new Date(now.getTime() + DAY_MS));
    const scheduler = startScheduler({ ...rig.ctx, jobs: [countingJob('abandoned', ran)] });
    await scheduler.tick(now);
    expect(ran).toEqual([]);
    await abandon(new Date(now.getTime() - 1000));
    await scheduler.tick(now);
    await scheduler.close();
    expect(ran).toEqual([slot.toISOString()]);
  });

  test('a job that fails is not finished, and the next job runs all the same', async () => {
    const ran: string[] = [];
    const broken = { name: 'broken', everyMinutes: 10, run: () => Promise.reject(new Error('no')) };
    const scheduler = startScheduler({ ...rig.ctx, jobs: [broken, countingJob('after', ran)] });
    await scheduler.tick();
    await scheduler.close();
    expect(ran.length).toBeGreaterThan(0);
    expect(await query(`select 1 from job_runs where job = 'broken' and finished_at is not null`)).toEqual([]);
  });
});

describe('expire-parked', () => {
  test('a status whose message never came is ignored/orphan after seven days, not before', async () => {
    const early = {
      key: { id: 'never-came', remoteJid: '5511977776666@s.whatsapp.net', fromMe: true },
      update: { status: 3 },
    };
    const answer = await rig.webhook({
      type: 'WHATSAPP_MESSAGES_UPDATE',
      id: 'update-1',
      instanceId: 'demo',
      payload: { instanceId: 'demo', raw: { updates: [early] } },
    });
    expect(answer).toMatchObject({ status: 202, body: { parked: 1 } });

    expect(await runJob('expire-parked', new Date(Date.now() + 6 * DAY_MS))).toEqual({ expired: 0 });
    expect(await runJob('expire-parked', new Date(Date.now() + 8 * DAY_MS))).toEqual({ expired: 1 });
    expect(await query(`select verdict, reason from inbox_events where external_id = 'never-came'`)).toEqual([
      { verdict: 'ignored', reason: 'orphan' },
    ]);
    expect(await query('select 1 from parked_events')).toEqual([]);
  });
});

describe('forget-tokens', () => {
  test('forgets tickets and revocations of expired tokens only', async () => {
    const token = await rig.token({ sub: 'agent-9', jti: 'j-1', expiresInSeconds: 60 });
    expect((await rig.api(token)('/api/ws-ticket', { method: 'POST' })).status).toBeLessThan(300);
    expect(await runJob('forget-tokens', new Date())).toMatchObject({ tickets: 0 });
    expect(await runJob('forget-tokens', new Date(Date.now() + 3600_000))).toMatchObject({ tickets: 1 });
  });
});

describe('retention', () => {
  test('events older than the window go, the floor says so, and numbers go on after it', async () => {
    await rig.webhook([inboundText('old-1'), inboundText('old-2')]);
    const [before] = await query<{ head: number }>(`select max(seq) as head from events where tenant_id = 'demo'`);
    expect(await runJob('retain-events', new Date(Date.now() + 6 * DAY_MS))).toEqual({ floors: 0, events: 0 });
    expect(await runJob('retain-events', new Date(Date.now() + 8 * DAY_MS))).toMatchObject({ events: before?.head });
    expect(await query(`select floor_seq as floor from streams where tenant_id = 'demo'`)).toEqual([
      { floor: before?.head },
    ]);

    await rig.webhook(inboundText('new-1'));
    expect(await query(`select min(seq) as seq from events where tenant_id = 'demo'`)).toEqual([
      { seq: (before?.head ?? 0) + 1 },
    ]);
    expect(await runJob('retain-events', new Date())).toEqual({ floors: 0, events: 0 });
  });

  test('days of the ledger past the window go whole; messages stay', async () => {
    const messages = await query<{ n: number }>('select count(*)::int as n from messages');
    const [today] = await query<{ n: number }>('select count(*)::int as n from inbox_events');
    expect(today?.n).toBeGreaterThan(0);
    await runJob('retain-ledger', new Date(Date.now() + 29 * DAY_MS));
    expect(await query('select count(*)::int as n from inbox_events')).toEqual([today]);
    expect((await runJob('retain-ledger', new Date(Date.now() + 32 * DAY_MS)))['partitions']).toBeGreaterThan(0);
    expect(await query('select count(*)::int as n from inbox_events')).toEqual([{ n: 0 }]);
    expect(await query('select count(*)::int as n from messages')).toEqual(messages);
  });
});

function countingJob(name: string, ran: string[]) {
  return {
    name,
    everyMinutes: 10,
    run({ now }: JobContext) {
      ran.push(slotOf(10, now).toISOString());
      return Promise.resolve({});
    },
  };
}
