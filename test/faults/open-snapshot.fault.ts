// Beside the table: ingest while another session holds a snapshot open, as a dump or a report does, against ingest without it.
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { median } from '../perf/statistics.js';
import { describeOnPostgres } from '../support/on-postgres.js';
import { closedLoop } from './support/closed-loop.js';
import type { ClosedLoop, Stretch } from './support/closed-loop.js';
import { noteFigures } from './support/figures.js';
import { openReplicas } from './support/replicas.js';
import type { Replicas } from './support/replicas.js';
import { dial } from './support/tier.js';

const WINDOWS = dial({ fast: 2, full: 15 });
const WINDOW_SECONDS = dial({ fast: 1, full: 30 });
/** The service without the snapshot is a yardstick only; a shorter look is enough, and leaves it the smaller tables. */
const YARDSTICK_SECONDS = dial({ fast: 1, full: 10 });
const WARM_UP_SECONDS = dial({ fast: 1, full: 15 });
const LEAST_RATIO = dial({ fast: 0, full: 0.8 });
const SECRET = randomBytes(32).toString('hex');

describeOnPostgres('an open snapshot', () => {
  test('of ten minutes leaves ingest at least 0.8 of its rate', async (context) => {
    // A snapshot holds back the rows of its own database only, so two services on one server are measured in turns.
    await using held = await openReplicas({ WHATSAPP_WEBHOOK_HMAC_SECRET: SECRET });
    await using free = await openReplicas({ WHATSAPP_WEBHOOK_HMAC_SECRET: SECRET });
    const [heldLoop, freeLoop] = [await loopOf(held), await loopOf(free)];
    const warmUp = await heldLoop.run(WARM_UP_SECONDS);
    await freeLoop.run(WARM_UP_SECONDS);
    const before = await inTurns({ heldLoop, freeLoop, windows: dial({ fast: 1, full: 2 }) });
    await using snapshot = await openSnapshot(held.databaseUrl ?? '');
    const during = await inTurns({ heldLoop, freeLoop, windows: WINDOWS });
    const seen = { atBegin: snapshot.messages, atEnd: await snapshot.countMessages() };
    await snapshot.close();
    const stored = await held.stopAndLook(countEverywhere);
    const stretches = [warmUp, ...[...before, ...during].map((turn) => turn.held)];
    const acknowledged = stretches.reduce((sum, stretch) => sum + stretch.acknowledged, 0);
    const lastPart = during.slice(-Math.ceil(WINDOWS / 4));
    const ratioAtEnd = medianOf(lastPart, ratioOf);
    noteFigures(context, {
      experiment: null,
      what: `closed loop of 20 connections, 2,000 conversations; a repeatable read snapshot open for ${Math.round((WINDOWS * (WINDOW_SECONDS + YARDSTICK_SECONDS)) / 6) / 10} minutes, in turns with a service on another database without one`,
      figures: {
        ratioBefore: round(medianOf(before, ratioOf)),
        ratioAtEnd: round(ratioAtEnd),
        windowSeconds: WINDOW_SECONDS,
        perSecondByWindow: during.map(({ held: { perSecond } }) => Math.round(perSecond)).join(' '),
        yardstickByWindow: during.map(({ free: { perSecond } }) => Math.round(perSecond)).join(' '),
        acknowledged,
      },
    });
    // The same session still sees what it saw first: it was open, and held back the rows, to the end.
    expect(seen.atEnd).toBe(seen.atBegin);
    expect(seen.atEnd).toBeLessThan(acknowledged);
    expect(stretches.filter(({ refused }) => refused > 0)).toEqual([]);
    expect(stored).toEqual({
      messages: acknowledged,
      told: acknowledged,
      counted: acknowledged,
      accepted: acknowledged,
    });
    expect(ratioAtEnd).toBeGreaterThanOrEqual(LEAST_RATIO);
  });
});

type Turn = Record<'held' | 'free', Stretch>;

/** A service and a loop against it. */
async function loopOf(replicas: Replicas): Promise<ClosedLoop> {
  const { port } = await replicas.start();
  const conversations = dial({ fast: 200, full: 2_000 });
  return closedLoop({ port, name: 'snapshot', instanceId: 'demo', secret: SECRET, connections: 20, conversations });
}

/** A session of its own in a transaction that sees the database as it is now. `messages`: how many it saw when it began. */
async function openSnapshot(url: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  async function countMessages(): Promise<number> {
    const { rows } = await client.query<{ count: number }>('select count(*)::int as count from messages');
    return rows[0]?.count ?? NaN;
  }
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= client.end());
  await client.query('begin isolation level repeatable read');
  return { messages: await countMessages(), countMessages, close, [Symbol.asyncDispose]: close };
}

/** Every message in each place that must know it: the thread, the log, the timelines, the ledger. */
async function countEverywhere(pool: Pool): Promise<Record<string, number> | undefined> {
  const { rows } = await pool.query<Record<string, number>>(
    `select (select count(*)::int from messages) as messages,
       (select count(*)::int from events where type = 'ticket.message') as told,
       (select sum(in_count)::int from tickets) as counted,
       (select count(*)::int from inbox_events where verdict = 'accepted') as accepted`,
  );
  return rows[0];
}

/** A window on the service with the snapshot, a shorter one on the other, again and again: what disturbs the machine disturbs both. */
async function inTurns(of: { heldLoop: ClosedLoop; freeLoop: ClosedLoop; windows: number }): Promise<Turn[]> {
  const turns: Turn[] = [];
  for (let n = 0; n < of.windows; n += 1) {
    turns.push({ held: await of.heldLoop.run(WINDOW_SECONDS), free: await of.freeLoop.run(YARDSTICK_SECONDS) });
  }
  return turns;
}

function ratioOf({ held, free }: Turn): number {
  return held.perSecond / free.perSecond;
}

function medianOf(turns: Turn[], pick: (turn: Turn) => number): number {
  return median(turns.map(pick));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
