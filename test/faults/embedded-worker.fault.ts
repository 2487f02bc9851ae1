// The thread of the embedded database ends under load: the service comes back by itself, and nothing acknowledged is lost.
import { expect, test, vi } from 'vitest';
import { isOnPostgres } from '../support/on-postgres.js';
import { makeHome } from '../support/process.js';
import { provision, startFaultService } from './support/fault-service.js';
import { noteFigures } from './support/figures.js';
import { judge, NOTHING_WRONG } from './support/log-oracle.js';
import { dial } from './support/tier.js';
import { startLoad } from './support/webhook-load.js';

const TENANTS = ['one', 'two', 'three'];
const TIMES = dial({ fast: 3, full: 20 });
const BACK_WITHIN_MS = 5_000;

test.skipIf(isOnPostgres)(
  'a database thread that ends under load is replaced, and nothing acknowledged is lost',
  async (context) => {
    await using home = await makeHome();
    await using service = await startFaultService({ home, failpoint: 'none' });
    await provision(service.url, TENANTS);
    using load = startLoad({ url: service.url, rate: 200, tenants: TENANTS });
    const ackedSince = (from: number) => load.posts.some(({ outcome, at }) => outcome === 'acked' && at > from);

    let slowest = 0;
    for (let n = 0; n < TIMES; n += 1) {
      const before = performance.now();
      await vi.waitFor(() => expect(ackedSince(before)).toBe(true), { timeout: BACK_WITHIN_MS, interval: 5 });
      const from = performance.now();
      service.process.child.kill('SIGUSR2');
      await vi.waitFor(() => expect(reopened(service.process.stdout())).toBe(n + 1), { timeout: 5_000, interval: 2 });
      const lost = performance.now();
      await vi.waitFor(() => expect(ackedSince(lost)).toBe(true), { timeout: 3 * BACK_WITHIN_MS, interval: 5 });
      slowest = Math.max(slowest, performance.now() - from);
    }
    await load.stop();
    const refused = load.posts.filter(({ outcome }) => outcome === 'refused');
    const unknown = load.posts.filter(({ outcome }) => outcome === 'unknown');
    await load.settle(service.url);
    const verdict = await judge(service.url, load.posts);
    noteFigures(context, {
      experiment: null,
      what: `200 webhooks/s → the embedded database's thread terminated ×${TIMES}`,
      figures: { posts: load.posts.length, refused: refused.length, ...verdict, 'slowest recovery, ms': slowest },
    });
    expect(verdict).toEqual(NOTHING_WRONG);
    expect(slowest).toBeLessThan(BACK_WITHIN_MS);
    expect(unknown).toEqual([]);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, retryAfter } of refused)
      expect({ status, retryAfter }).toEqual({ status: 503, retryAfter: '1' });
  },
);

function reopened(log: string): number {
  return log.split('the embedded database is reopened').length - 1;
}
