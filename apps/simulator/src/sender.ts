// Sends one delivery as a broker does: the ledger first, then again and again until the service has said what became of it.
import { createHash } from 'node:crypto';
import type { Fact } from './facts.js';
import { CountsSchema, type Counts, type Entry } from './ledger-records.js';
import type { Ledger } from './ledger.js';
import type { Attempt, Poster } from './request.js';
import type { Delivery } from './traffic/traffic.js';
import type { World } from './world.js';

/** What an attempt means. */
export type Outcome = Entry['outcome'];

/** How a delivery ended. `ms` is the time of the last attempt. */
export interface Sent {
  n: number;
  outcome: Outcome;
  status: number | null;
  counts: Counts | null;
  attempts: number;
  ms: number;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** What sending needs. `patienceMs`: how long a delivery without an outcome is tried again. */
export interface Sending {
  world: World;
  ledger: Ledger;
  poster: Poster;
  patienceMs: number;
  signal: AbortSignal;
}

/** Sends until acked or refused, the patience ends or the signal is given. Never throws for what the service does. */
export async function sendDelivery(delivery: Delivery, sending: Sending): Promise<Sent> {
  const { world, ledger, poster, patienceMs, signal } = sending;
  const { n, tenantId, path, body, facts } = delivery;
  const place = world.places.find((each) => each.tenantId === tenantId);
  if (!place) throw new Error(`no tenant ${tenantId} in this world`);
  ledger.sent({ n, tenantId, sha256: createHash('sha256').update(body).digest('hex'), facts: believable(facts) });
  const patience = performance.now() + patienceMs;
  for (let attempt = 1; ; attempt += 1) {
    const from = performance.now();
    const answer = await poster.post({ path, body, place });
    const told = { n, attempt, outcome: outcomeOf(answer), status: answer.status, counts: countsOf(answer) };
    ledger.outcome(told);
    const isOver = told.outcome !== 'unknown' || performance.now() > patience || signal.aborted;
    if (isOver) return { ...told, attempts: attempt, ms: performance.now() - from };
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
    await rest(answer.retryAfterMs ?? pause, signal);
  }
}

/** What claims to be of the future is not held to its time: the service may put its own in its place. */
function believable(facts: Fact[]): Fact[] {
  const now = Date.now();
  return facts.map((fact) => (fact.kind === 'message' && (fact.at ?? 0) > now ? { ...fact, at: null } : fact));
}

/** A 5xx, a 429 and silence leave it open whether the delivery was stored; everything else is the service's last word. */
function outcomeOf({ status, body }: Attempt): Outcome {
  if (status === null || status === 429 || status >= 500) return 'unknown';
  if (status >= 200 && status < 300) return 'acked';
  // Nothing in it was a contract event: the service has kept it and counted it, as the contract says.
  return status === 422 && body.includes('NOT_A_CONTRACT_EVENT') ? 'acked' : 'refused';
}

function countsOf({ status, body }: Attempt): Counts | null {
  if (status !== 202) return null;
  try {
    const parsed = CountsSchema.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
