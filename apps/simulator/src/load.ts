// The load: deliveries begun by the clock, whatever the answers take, up to so many at once.
import { setMaxListeners } from 'node:events';
import type { Ledger } from './ledger.js';
import { createPoster } from './request.js';
import { sendDelivery, type Sent } from './sender.js';
import { traffic, type Delivery } from './traffic/traffic.js';
import type { World } from './world.js';

/** What a load is made of. */
export interface Load {
  world: World;
  ledger: Ledger;
  /** Other deliveries than those of the world's dials: some of them, or those of a ledger that is replayed. */
  deliveries?: Iterable<Delivery>;
  /** Ends the load early; what is in flight is finished, not tried again. */
  signal?: AbortSignal;
  onOutcome?: (sent: Sent) => void;
  /** How long an answer may take, ms. */
  timeoutMs?: number;
  /** How long a delivery without an outcome is tried again, ms. */
  patienceMs?: number;
}

/** Counts of deliveries; `late`: those that waited more than a second for a free connection. */
export interface LoadSummary {
  sent: number;
  acked: number;
  refused: number;
  unknown: number;
  late: number;
  seconds: number;
}

const TICK_MS = 4;
const LATE_MS = 1_000;

/** Runs until every delivery has an outcome, or the signal. */
export async function runLoad(load: Load): Promise<LoadSummary> {
  const { world, ledger, signal = new AbortController().signal, onOutcome } = load;
  const { timeoutMs = 10_000, patienceMs = 60_000 } = load;
  const { concurrency } = world.dials;
  const summary: LoadSummary = { sent: 0, acked: 0, refused: 0, unknown: 0, late: 0, seconds: 0 };
  using poster = createPoster({ url: world.url, connections: concurrency, timeoutMs });
  // Every delivery that waits for its next attempt listens.
  setMaxListeners(concurrency + 10, signal);
  const flying = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const from = performance.now();

  async function send(delivery: Delivery): Promise<void> {
    const sent = await sendDelivery(delivery, { world, ledger, poster, patienceMs, signal });
    summary[sent.outcome] += 1;
    onOutcome?.(sent);
  }
  function begin(delivery: Delivery): void {
    summary.sent += 1;
    if (performance.now() - from - delivery.due > LATE_MS) summary.late += 1;
    const flight = send(delivery)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => flying.delete(flight));
    flying.add(flight);
  }
  for (const delivery of load.deliveries ?? traffic(world.dials)) {
    while (performance.now() - from < delivery.due && !signal.aborted) await tick();
    while (flying.size >= concurrency) await Promise.race(flying);
    if (signal.aborted || failures.length > 0) break;
    begin(delivery);
  }
  await Promise.all(flying);
  // A full disk under the ledger, say: without it nothing can be proven.
  if (failures.length > 0) throw failures[0];
  return { ...summary, seconds: (performance.now() - from) / 1_000 };
}

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, TICK_MS));
}
