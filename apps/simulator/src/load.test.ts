import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readDials, worldName, type Dials } from './dials.js';
import { openLedger } from './ledger.js';
import { runLoad } from './load.js';
import { placeNames } from './traffic/traffic.js';

const dir = await mkdtemp(join(tmpdir(), 'recado-load-'));
afterAll(() => rm(dir, { recursive: true }));

const ANSWER = JSON.stringify({ accepted: true, queued: 1, duplicates: 0, ignored: 0, rejected: 0, parked: 0 });
let files = 0;

/** Runs a load against a service that answers when it is told to. */
async function runAgainst(dialled: Partial<Dials>, of: { answerAt?: number; signal?: AbortSignal } = {}) {
  const waiting: (() => void)[] = [];
  let [flying, most, mostOpen, answered] = [0, 0, 0, 0];
  const server = createServer((request, response) => {
    flying += 1;
    most = Math.max(most, flying);
    mostOpen = Math.max(mostOpen, ledger.entries().filter(({ attempts }) => attempts === 0).length);
    request.resume();
    request.on('end', () => {
      waiting.push(() => {
        flying -= 1;
        answered += 1;
        response.writeHead(202).end(ANSWER);
      });
      // Nobody is answered before so many wait: only a load that does not wait for answers gets there.
      if (waiting.length >= (of.answerAt ?? 1)) for (const answer of waiting.splice(0)) answer();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const dials = readDials({ burst: 0, ...dialled }, new Date());
  const places = Array.from({ length: dials.tenants }, (_, tenant) => {
    const names = placeNames(worldName(dials), tenant);
    return { ...names, credential: { apiKey: 'key' }, token: '', cursor: 'e:0', isFresh: true };
  });
  files += 1;
  using ledger = openLedger(join(dir, `${files}.jsonl`), { dials, tenants: [] });
  const summary = await runLoad({ world: { url, dials, places }, ledger, ...(of.signal && { signal: of.signal }) });
  await new Promise((resolve) => server.close(resolve));
  return { summary, most, mostOpen, answered, entries: ledger.entries() };
}

test('deliveries begin by the clock, whether earlier ones were answered or not', async () => {
  const { summary, most } = await runAgainst({ events: 20, rate: 1_000, concurrency: 50 }, { answerAt: 20 });
  expect([summary.acked, most]).toEqual([20, 20]);
});

test('a burst is in flight at once', async () => {
  const dials = { events: 12, rate: 10, burst: 11, burstEvery: 0.05, concurrency: 50 };
  const { most } = await runAgainst(dials, { answerAt: 12 });
  expect(most).toBe(12);
});

test('never more than the cap are in flight, or noted as sent', async () => {
  const { summary, most, mostOpen } = await runAgainst({ events: 40, rate: 10_000, concurrency: 4 }, { answerAt: 4 });
  expect([summary.acked, most, mostOpen]).toEqual([40, 4, 4]);
});

test('a load that is ended sends nothing more, and everything it sent is in the ledger', async () => {
  const { summary, answered, entries } = await runAgainst(
    { events: 1_000, rate: 100 },
    { signal: AbortSignal.timeout(100) },
  );
  expect(summary.sent).toBeGreaterThan(0);
  expect(summary.sent).toBeLessThan(1_000);
  expect([answered, entries.length, summary.acked]).toEqual([summary.sent, summary.sent, summary.sent]);
});
