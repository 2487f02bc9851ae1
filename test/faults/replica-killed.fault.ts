// Experiment 13: one of two replicas is killed while events flow: every screen is back at once and misses nothing.
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { isOnPostgres } from '../support/on-postgres.js';
import { makeHome } from '../support/process.js';
import { connectSocket } from '../support/socket.js';
import { openCrowd } from './support/crowd.js';
import { provision, startFaultService, tokenFor } from './support/fault-service.js';
import type { FaultService } from './support/fault-service.js';
import { noteFigures } from './support/figures.js';
import { judge, NOTHING_WRONG, readLog } from './support/log-oracle.js';
import { dial } from './support/tier.js';
import { startLoad } from './support/webhook-load.js';

const SCREENS = dial({ fast: 150, full: 1_000 });
const KILLS = dial({ fast: 2, full: 5 });
const RATE = 60;
const TENANTS = Array.from({ length: 10 }, (_, n) => `tenant-${n}`);
const BACK_WITHIN_MS = dial({ fast: 15_000, full: 5_000 });

test.skipIf(!isOnPostgres)(
  'screens of a killed replica are back at once, without a gap and without a double; whoever was away too long is told',
  async (context) => {
    await using home = await makeHome();
    const replicas: [FaultService, FaultService] = [
      await startFaultService({ home }),
      await startFaultService({ home }),
    ];
    try {
      await provision(replicas[0].url, TENANTS);
      await using crowd = await openCrowd({ urls: replicas.map(({ url }) => url), tenants: TENANTS, size: SCREENS });
      let n = 0;
      using load = startLoad({ url: () => replicas[n++ % 2 === 0 ? 0 : 1].url, rate: RATE, tenants: TENANTS });
      for (let kill = 0; kill < KILLS; kill += 1) {
        const { frames } = await crowd.tell();
        await crowd.until((told) => told.frames > frames + SCREENS, 10_000);
        const which = kill % 2 === 0 ? 0 : 1;
        const { port } = replicas[which];
        await replicas[which][Symbol.asyncDispose]();
        await crowd.until(({ ready }) => ready < SCREENS, 5_000);
        await crowd.until(({ ready }) => ready === SCREENS, 30_000);
        replicas[which] = await startFaultService({ home, port });
      }
      await load.stop();
      await load.settle(replicas[0].url);
      const verdict = await judge(replicas[0].url, load.posts);
      const heads = await Promise.all(
        TENANTS.map(async (tenantId) => [tenantId, (await readLog(replicas[0].url, tenantId)).length] as const),
      );
      const told = await crowd.until(
        ({ behind }) => heads.every(([tenantId, head]) => behind[tenantId] === head),
        10_000,
      );
      const isTold = await isToldToStartAgain(home.env['DATABASE_URL'] ?? '', replicas[0].url);
      noteFigures(context, {
        experiment: 13,
        what: `${SCREENS} screens on two replicas, ${RATE} webhooks/s → one replica killed ×${KILLS}`,
        figures: {
          'frames shown': told.frames,
          'slowest back, ms': told.slowestBackMs,
          gaps: told.gaps,
          duplicates: told.duplicates,
          resyncs: told.resyncs,
          lost: verdict.lost,
          'away too long': isTold ? 'resync_required' : 'not told',
        },
      });
      expect(verdict).toEqual(NOTHING_WRONG);
      expect(told).toMatchObject({ gaps: 0, duplicates: 0, resyncs: 0, ready: SCREENS });
      expect(told.slowestBackMs).toBeLessThan(BACK_WITHIN_MS);
      expect(isTold).toBe(true);
    } finally {
      for (const replica of replicas) await replica[Symbol.asyncDispose]();
    }
  },
);

/** Whether a screen is told to load anew when retention has dropped what it missed. */
async function isToldToStartAgain(databaseUrl: string, url: string): Promise<boolean> {
  const tenantId = TENANTS[0] ?? '';
  const token = await tokenFor({ tenantId });
  const { epoch, head } = await forgetAllButThree(databaseUrl, tenantId);
  const inTime = await connectSocket(url, { token, since: `${epoch}:${head - 2}` });
  const tooLate = await connectSocket(url, { token, since: `${epoch}:${head - 10}` });
  try {
    await inTime.waitFor('ready');
    await tooLate.waitFor('resync_required');
    return !inTime.frames.some(({ event }) => event === 'resync_required');
  } catch {
    return false;
  } finally {
    inTime.client.disconnect();
    tooLate.client.disconnect();
  }
}

/** Drops the oldest events of a tenant as retention does; where its log stands. */
async function forgetAllButThree(databaseUrl: string, tenantId: string): Promise<{ epoch: string; head: number }> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ epoch: string; head: number }>(
      'select epoch, (select max(seq)::int from events e where e.tenant_id = s.tenant_id) as head from streams s where tenant_id = $1',
      [tenantId],
    );
    const position = rows[0] ?? { epoch: '', head: 0 };
    await client.query('delete from events where tenant_id = $1 and seq <= $2', [tenantId, position.head - 3]);
    await client.query('update streams set floor_seq = $2 where tenant_id = $1', [tenantId, position.head - 3]);
    return position;
  } finally {
    await client.end();
  }
}
