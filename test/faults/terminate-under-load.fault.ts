// Experiment 14: SIGTERM at random moments under load: what is in flight is answered, screens are told, nothing acknowledged is lost.
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRandom } from '../../apps/simulator/dist/random.js';
import { inconsistencies } from '../support/ingest-oracle.js';
import { inboundText } from '../support/samples.js';
import { connectSocket } from '../support/socket.js';
import type { TestSocket } from '../support/socket.js';
import { Broker } from './support/broker.js';
import { tokenFor } from './support/fault-service.js';
import type { FaultService } from './support/fault-service.js';
import { noteFigures } from './support/figures.js';
import { openReplicas } from './support/replicas.js';
import { faultSeed } from './support/seed.js';
import { dial } from './support/tier.js';

const SENDERS = 16;
const SCREENS = 5;
const CHATS = 300;
/** A sender whose connection was refused or cut tries again after so long. */
const RETRY_MS = 20;

/** What a round of load and its end gave. */
interface Round {
  code: number | null;
  endMs: number;
  /** How the requests were answered that were under way when the signal was sent, and those begun after it; 0 is no answer. */
  inFlight: number[];
  after: number[];
  /** Screens that heard `closing` with code 1001 before they were disconnected. */
  told: number;
}

test('a service told to stop under load answers what it is reading, tells the screens, ends with 0 within 10 s and loses nothing', async (context) => {
  const seed = faultSeed();
  const random = createRandom(String(seed));
  await using replicas = await openReplicas();
  const book = createBook();
  const rounds: Round[] = [];
  for (let n = 0; n < dial({ fast: 3, full: 20 }); n += 1) {
    const replica = await replicas.start();
    const sockets = await openScreens(replica);
    rounds.push(await runRound({ replica, sockets, book, afterMs: random.whole(150, 1_150) }));
  }
  // What was refused or cut in the last round is sent once more, as a broker would.
  const last = await replicas.start();
  using broker = new Broker();
  for (const id of book.unanswered()) await broker.deliver(`${last.url}/api/webhooks/whatsapp`, eventOf(id));
  const found = await replicas.stopAndLook(async (pool) => ({
    stored: (await pool.query<{ id: string }>('select external_id as id from messages')).rows.map(({ id }) => id),
    inconsistencies: await inconsistencies(pool),
  }));
  const stored = new Set(found.stored);
  const inFlight = rounds.flatMap((round) => round.inFlight);
  const told = rounds.reduce((total, round) => total + round.told, 0);
  noteFigures(context, {
    experiment: 14,
    what: `SIGTERM at random moments under ${SENDERS} senders and ${SCREENS} screens`,
    figures: {
      rounds: rounds.length,
      acknowledged: book.acknowledged.size,
      lost: [...book.acknowledged].filter((id) => !stored.has(id)).length,
      duplicated: found.stored.length - stored.size,
      ...figuresOf('inFlightAtSignal', inFlight),
      ...figuresOf(
        'begunAfterIt',
        rounds.flatMap(({ after }) => after),
      ),
      screensTold: `${told} of ${rounds.length * SCREENS}`,
      exitCodes: [...new Set(rounds.map(({ code }) => String(code)))].join(),
      slowestEndMs: Math.round(Math.max(...rounds.map(({ endMs }) => endMs))),
      seed: String(seed),
    },
  });
  expect(rounds.filter(({ code, endMs }) => code !== 0 || endMs > 10_000)).toEqual([]);
  expect(told).toBe(rounds.length * SCREENS);
  // What is being read when the signal comes is committed; one that the stop overtook may be told to come again, none is cut.
  expect(inFlight.filter((status) => status !== 202 && status !== 503)).toEqual([]);
  expect(share(inFlight, 202)).toBeGreaterThan(0.5);
  expect([...book.acknowledged].filter((id) => !stored.has(id))).toEqual([]);
  expect(found.stored).toHaveLength(stored.size);
  expect(stored.size).toBe(book.sent());
  expect(found.inconsistencies).toEqual([]);
});

type Book = ReturnType<typeof createBook>;

/** What was sent and acknowledged over all rounds. Ids are numbers in order. */
function createBook() {
  const acknowledged = new Set<string>();
  const waiting: string[] = [];
  let count = 0;
  return {
    acknowledged,
    sent: () => count,
    /** The id to send next: one that is to be sent again, else a new one. */
    next: () => waiting.shift() ?? `m${count++}`,
    again: (id: string) => void waiting.push(id),
    unanswered: () => waiting.splice(0),
  };
}

function eventOf(id: string) {
  return inboundText(id, { phone: `+55119${60_000_000 + (Number(id.slice(1)) % CHATS)}`, text: id });
}

async function openScreens({ url }: FaultService): Promise<TestSocket[]> {
  const token = await tokenFor();
  return Promise.all(Array.from({ length: SCREENS }, () => connectSocket(url, { token })));
}

async function runRound(of: {
  replica: FaultService;
  sockets: TestSocket[];
  book: Book;
  afterMs: number;
}): Promise<Round> {
  const { replica, sockets, book } = of;
  using broker = new Broker();
  const underWay = new Set<object>();
  const atSignal = new Set<object>();
  const answers: Pick<Round, 'inFlight' | 'after'> = { inFlight: [], after: [] };
  let isSignalled = false;
  let hasEnded = false;
  async function send(): Promise<void> {
    while (!hasEnded) {
      const id = book.next();
      const attempt = { isAfter: isSignalled };
      underWay.add(attempt);
      const { status } = await broker.post(`${replica.url}/api/webhooks/whatsapp`, eventOf(id));
      underWay.delete(attempt);
      if (status === 202) book.acknowledged.add(id);
      else book.again(id);
      if (atSignal.has(attempt)) answers.inFlight.push(status);
      if (attempt.isAfter) answers.after.push(status);
      if (status === 0) await wait(RETRY_MS);
    }
  }
  const disconnected = sockets.map(({ client }) => new Promise((resolve) => void client.once('disconnect', resolve)));
  const senders = Array.from({ length: SENDERS }, send);
  await wait(of.afterMs);
  for (const attempt of underWay) atSignal.add(attempt);
  isSignalled = true;
  const { code, ms } = await replica.process.stop('SIGTERM');
  hasEnded = true;
  await Promise.all([...senders, ...disconnected]);
  const told = sockets.filter(({ frames }) =>
    frames.some(({ event, payload }) => event === 'closing' && (payload as { code: number }).code === 1001),
  ).length;
  return { code, endMs: ms, ...answers, told };
}

function share(statuses: number[], status: number): number {
  return statuses.filter((one) => one === status).length / statuses.length;
}

/** How often each answer was given: as `<name> 202`, `<name> 503`, `<name> without an answer`. */
function figuresOf(name: string, statuses: number[]): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const status of statuses.toSorted((a, b) => b - a)) {
    const key = `${name} ${status === 0 ? 'without an answer' : status}`;
    figures[key] = (figures[key] ?? 0) + 1;
  }
  return figures;
}
