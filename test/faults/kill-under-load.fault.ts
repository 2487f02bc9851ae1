// Experiment 1: the process is killed at random moments under load and started again; the broker sends again what it got no answer to.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  FINDINGS,
  listen,
  openLedger,
  prepareWorld,
  prove,
  readDials,
  runLoad,
} from '../../apps/simulator/dist/index.js';
import { createRandom } from '../../apps/simulator/dist/random.js';
import { isOnPostgres } from '../support/on-postgres.js';
import { tokenFor } from './support/fault-service.js';
import type { FaultService } from './support/fault-service.js';
import { noteFigures } from './support/figures.js';
import { openReplicas } from './support/replicas.js';
import type { Replicas } from './support/replicas.js';
import { faultSeed } from './support/seed.js';
import { findSteadyPort } from '../perf/steady-port.js';
import { dial } from './support/tier.js';

/** A busy machine that runs the fast size starts slowly; the bound is the full size's to keep. */
const READY_WITHIN_MS = dial({ fast: 20_000, full: isOnPostgres ? 3_000 : 5_000 });

test('killed at random moments under load and started again, the service has lost, doubled and changed nothing it acknowledged', async (context) => {
  const seed = String(faultSeed());
  const kills = dial({ fast: 2, full: 20 });
  const dials = readDials({ seed, events: dial({ fast: 400, full: 6_000 }) }, new Date());
  await using replicas = await openReplicas();
  const port = await findSteadyPort();
  const first = await replicas.start(port);
  const world = await prepareWorld({
    url: first.url,
    token: (claims) => tokenFor({ tenantId: undefined, ...claims } as Parameters<typeof tokenFor>[0]),
    dials,
  });
  using ledger = openLedger(join(replicas.dir, 'ledger.jsonl'), { dials, tenants: world.places });
  await using screens = await listen(world);
  const killer = createKiller({ replicas, port, first, moments: momentsOf(seed, kills, dials.events) });
  const load = runLoad({ world, ledger, onOutcome: () => killer.count() });
  const summary = await Promise.race([load, killer.failed]);
  const readyMs = await killer.done();
  const verdict = await prove({ world, entries: ledger.entries(), screens });
  const found = Object.fromEntries(FINDINGS.map((name) => [name, verdict[name].count]));
  noteFigures(context, {
    experiment: 1,
    what: `${dials.rate} webhooks/s, ${dials.tenants} tenants, ${dials.chats} chats, ${dials.duplicates * 100} % replays; kill -9 at random moments, started again, unanswered deliveries sent again`,
    figures: {
      kills: readyMs.length,
      deliveries: verdict.sent,
      acked: verdict.acked,
      sentAgain: attemptsWithoutAnswer(ledger.entries()),
      items: verdict.items,
      stored: verdict.stored,
      ...found,
      shownAgain: verdict.replayed,
      slowestReadyMs: Math.round(Math.max(...readyMs)),
      seconds: Math.round(summary.seconds),
      seed,
    },
  });
  expect(readyMs).toHaveLength(kills);
  expect(FINDINGS.flatMap((name) => verdict[name].examples)).toEqual([]);
  expect(verdict).toMatchObject({ acked: dials.events, refused: 0, unknown: 0, resyncs: 0 });
  expect(verdict.reconnects).toBeGreaterThanOrEqual(kills);
  expect(Math.max(...readyMs)).toBeLessThanOrEqual(READY_WITHIN_MS);
});

/** After how many outcomes each kill falls, in order: so it always falls into load. */
function momentsOf(seed: string, kills: number, events: number): number[] {
  const random = createRandom(`${seed} kills`);
  return Array.from({ length: kills }, () =>
    random.whole(Math.ceil(events * 0.02), Math.floor(events * 0.95)),
  ).toSorted((a, b) => a - b);
}

/** Kills the process whenever the next moment has come, and starts it again. */
function createKiller(of: { replicas: Replicas; port: number; first: FaultService; moments: number[] }) {
  const { replicas, port, moments } = of;
  const readyMs: number[] = [];
  let service = of.first;
  let outcomes = 0;
  let turn: Promise<unknown> | null = null;
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  failed.catch(() => undefined);
  async function killAll(): Promise<void> {
    while (moments.length > 0 && outcomes >= (moments[0] ?? Infinity)) {
      moments.shift();
      await service.process.stop('SIGKILL');
      service = await replicas.start(port);
      readyMs.push(service.readyMs);
    }
  }
  return {
    count(): void {
      outcomes += 1;
      turn ??= killAll().then(() => (turn = null), fail);
    },
    /** Rejects as soon as the service could not be started again; else stays as it is. */
    failed,
    /** How long each start took, ms. */
    async done(): Promise<number[]> {
      await Promise.race([turn, failed]);
      return readyMs;
    },
  };
}

function attemptsWithoutAnswer(entries: ReturnType<ReturnType<typeof openLedger>['entries']>): number {
  return entries.filter(({ attempts }) => attempts > 1).length;
}
