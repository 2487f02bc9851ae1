// Experiment 3: PostgreSQL crashes, freezes, is far away, is cut off. Nothing acknowledged is lost, and everybody is answered in time.
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isOnPostgres } from '../support/on-postgres.js';
import { startChaosProxy } from './support/chaos-proxy.js';
import type { ChaosProxy } from './support/chaos-proxy.js';
import { provision, startFaultService } from './support/fault-service.js';
import type { FaultService } from './support/fault-service.js';
import { noteFigures } from './support/figures.js';
import { judge, NOTHING_WRONG } from './support/log-oracle.js';
import { postgresPrograms, startPrivatePostgres } from './support/private-postgres.js';
import type { PrivatePostgres } from './support/private-postgres.js';
import { dial, tier } from './support/tier.js';
import { startLoad } from './support/webhook-load.js';
import type { Load, Post } from './support/webhook-load.js';

const TENANTS = ['one', 'two', 'three'];
const RATE = 200;
const ANSWERED_WITHIN_MS = 3_000;
const BACK_WITHIN_MS = 2_000;
const STALLED_MS = 1_000;

/** A fault: `does` ends when the fault has; what it gives back is shown with the figures. */
interface Fault {
  what: string;
  /** Whether requests must have been refused, or none may have been. */
  refuses: 'some' | 'none' | 'any';
  does: (hands: {
    postgres: PrivatePostgres;
    proxy: ChaosProxy;
    seconds: (n: number) => Promise<void>;
  }) => Promise<void>;
  times?: number;
}

const LONG = dial({ fast: 4, full: 30 });
const FAULTS: Fault[] = [
  {
    what: 'PostgreSQL crashes and is started again',
    refuses: 'some',
    times: dial({ fast: 2, full: 10 }),
    does: async ({ postgres }) => {
      await postgres.crash();
      await postgres.start();
    },
  },
  {
    what: `every PostgreSQL process stopped for ${LONG} s`,
    refuses: 'some',
    does: async ({ postgres, seconds }) => {
      postgres.freeze();
      await seconds(LONG);
      postgres.thaw();
    },
  },
  {
    what: `500 ms of latency each way for ${dial({ fast: 4, full: 20 })} s`,
    refuses: 'any',
    does: async ({ proxy, seconds }) => {
      proxy.set({ latencyMs: 500 });
      await seconds(dial({ fast: 4, full: 20 }));
      proxy.heal();
    },
  },
  {
    what: `a half-open network for ${LONG} s`,
    refuses: 'some',
    does: async ({ proxy, seconds }) => {
      proxy.set({ isHalfOpen: true });
      await seconds(LONG);
      proxy.heal();
    },
  },
  {
    what: 'every connection reset',
    refuses: 'any',
    times: dial({ fast: 3, full: 10 }),
    does: async ({ proxy }) => {
      expect(proxy.reset()).toBeGreaterThan(0);
    },
  },
  {
    what: `the network cuts everything into pieces of 7 bytes for ${dial({ fast: 2, full: 10 })} s`,
    refuses: 'none',
    does: async ({ proxy, seconds }) => {
      proxy.set({ sliceBytes: 7 });
      await seconds(dial({ fast: 2, full: 10 }));
      proxy.heal();
    },
  },
];

// In full it is not left out where PostgreSQL is not installed: it fails.
describe.skipIf(!isOnPostgres || (postgresPrograms === null && tier === 'fast'))('PostgreSQL fails', () => {
  let postgres: PrivatePostgres;
  let proxy: ChaosProxy;
  let service: FaultService;
  /** Of all faults so far: they share the logs. */
  const posts: Post[] = [];
  beforeAll(async () => {
    postgres = await startPrivatePostgres();
    proxy = await startChaosProxy({ port: postgres.port });
    service = await startFaultService({ home: { env: { DATABASE_URL: proxy.through(postgres.url) } } });
    await provision(service.url, TENANTS);
  });
  afterAll(async () => {
    await service?.[Symbol.asyncDispose]();
    await proxy?.[Symbol.asyncDispose]();
    await postgres?.[Symbol.asyncDispose]();
  });

  test.for(FAULTS)(
    '$what: nothing is lost, everybody is answered in time, and it works again at once',
    async (fault, context) => {
      const { times = 1 } = fault;
      using load = startLoad({ url: service.url, rate: RATE, tenants: TENANTS, run: `fault${FAULTS.indexOf(fault)}` });
      await using liveness = watchLiveness(service.url);
      let slowestBack = 0;
      for (let n = 0; n < times; n += 1) {
        await untilAckedAfter(load, performance.now());
        await fault.does({ postgres, proxy, seconds: (s) => new Promise((resolve) => setTimeout(resolve, s * 1000)) });
        const healed = performance.now();
        await untilAckedAfter(load, healed);
        slowestBack = Math.max(slowestBack, performance.now() - healed);
      }
      await load.stop();
      const refused = load.posts.filter(({ outcome }) => outcome === 'refused');
      const unknown = load.posts.filter(({ outcome }) => outcome === 'unknown');
      const slowest = load.posts.reduce((most, { ms }) => Math.max(most, ms), 0);
      // What /healthz had to wait as well is the doing of a machine that is busy with something else; a full run has one to itself.
      const busy = tier === 'full' ? 0 : liveness.slowest();
      const allowed = ANSWERED_WITHIN_MS + busy;
      const late = load.posts.filter(({ ms }) => ms > allowed).length;
      await load.settle(service.url);
      posts.push(...load.posts);
      const verdict = await judge(service.url, posts);
      noteFigures(context, {
        experiment: 3,
        what: `${RATE} webhooks/s → ${fault.what}${times > 1 ? ` ×${times}` : ''}`,
        figures: {
          posts: load.posts.length,
          'answered 503': refused.length,
          ...verdict,
          'slowest answer, ms': slowest,
          'slowest recovery, ms': slowestBack,
          'slowest /healthz, ms': liveness.slowest(),
        },
      });
      expect(verdict).toEqual(NOTHING_WRONG);
      expect(unknown).toEqual([]);
      for (const { status, retryAfter } of refused)
        expect({ status, retryAfter }).toEqual({ status: 503, retryAfter: expect.stringMatching(/^[1-9]/) });
      expect(late, `answered later than ${allowed} ms, the last after ${slowest} ms`).toBe(0);
      expect(slowestBack).toBeLessThan(BACK_WITHIN_MS + busy);
      if (tier === 'full') expect(liveness.slowest()).toBeLessThan(STALLED_MS);
      expect(liveness.failures()).toBe(0);
      if (fault.refuses === 'some') expect(refused.length).toBeGreaterThan(0);
      if (fault.refuses === 'none') expect(refused).toEqual([]);
    },
  );
});

function untilAckedAfter(load: Load, from: number): Promise<Post> {
  return vi.waitFor(
    () => {
      const found = load.posts.findLast(({ outcome, at }) => outcome === 'acked' && at > from);
      if (!found) throw new Error('nothing was acknowledged');
      return found;
    },
    { timeout: 20_000, interval: 5 },
  );
}

/** Asks /healthz every 50 ms until disposed. A failure is another answer than 200, or none. */
function watchLiveness(url: string): AsyncDisposable & { slowest(): number; failures(): number } {
  let slowest = 0;
  let failures = 0;
  const asked = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const from = performance.now();
    const done = new Promise<void>((resolve) => {
      get(`${url}/healthz`, { agent: false }, (answer) => {
        if (answer.statusCode !== 200) failures += 1;
        answer.resume().on('end', resolve);
      }).on('error', () => {
        failures += 1;
        resolve();
      });
    }).then(() => {
      slowest = Math.max(slowest, performance.now() - from);
      asked.delete(done);
    });
    asked.add(done);
  }, 50);
  return {
    slowest: () => slowest,
    failures: () => failures,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await Promise.all(asked);
    },
  };
}
