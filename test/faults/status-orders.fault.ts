// Experiment 9: every order of the states, any number of copies, before and after the message: one final state.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MessageStatus } from '@recado/contracts';
import { delivery, instant, message, person, shuffled, status } from '../support/ingest-items.js';
import { inconsistencies } from '../support/ingest-oracle.js';
import { noteFigures } from './support/figures.js';
import { inLanes } from './support/lanes.js';
import { faultSeed } from './support/seed.js';
import { dial } from './support/tier.js';
import { openWorld } from './support/world.js';
import type { World } from './support/world.js';

const STATES = ['PENDING', 'SENT', 'DELIVERED', 'READ', 'FAILED'] as const satisfies MessageStatus[];
type Step = (typeof STATES)[number] | 'MESSAGE';

/** How the steps of a story reach the service. */
const WAYS = ['one after the other', 'in one delivery', 'all at once'] as const;

/** One message's life as the broker tells it; `id` and `who` are its own. */
interface Story {
  id: string;
  who: number;
  steps: Step[];
  way: (typeof WAYS)[number];
}

const PEOPLE = 300;
const LANES = 120;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

test('every order of pending, sent, delivered, read and failed, twice, with the message in every place: one final row', async (context) => {
  const orders = permutations(STATES);
  const places = dial({ fast: [0, 5], full: [0, 1, 2, 3, 4, 5] });
  const tellings = orders.flatMap((order) =>
    places.map((place): Step[] => {
      const once = [...order.slice(0, place), 'MESSAGE' as const, ...order.slice(place)];
      return [...once, ...once];
    }),
  );
  // The fast size takes the ways in turns.
  const stories = tellings.flatMap((steps, n) =>
    dial({ fast: [WAYS[n % WAYS.length] ?? WAYS[0]], full: [...WAYS] }).map((way) => ({ steps, way })),
  );
  const { finals, stored, regressions, seconds } = await tellAll('order', stories);
  noteFigures(context, {
    experiment: 9,
    what: 'all orders of pending, sent, delivered, read, failed, each twice, the message in every place among them',
    figures: {
      orders: orders.length,
      messages: stories.length,
      stored,
      finalRows: finals.length,
      regressions,
      seconds,
    },
  });
  expect(stored).toBe(stories.length);
  expect(finals).toHaveLength(1);
  expect(finals[0]).toMatchObject({ status: 'READ', failure: 'x', read_at: atOf('READ'), failed_at: atOf('FAILED') });
  expect(regressions).toBe(0);
  expect(await inconsistencies(world.pool)).toEqual([]);
});

test('any selection of the states in any number and order ends as the highest of them', async (context) => {
  const seed = faultSeed();
  const arbitrary = fc.record({
    steps: fc
      .array(fc.constantFrom<Step>(...STATES, 'MESSAGE'), { maxLength: 12 })
      .chain((steps) => fc.shuffledSubarray([...steps, 'MESSAGE' as Step], { minLength: steps.length + 1 })),
    way: fc.constantFrom(...WAYS),
  });
  const stories = fc.sample(arbitrary, { seed, numRuns: dial({ fast: 100, full: 3_000 }) });
  const { told, regressions, seconds } = await tellAll(`any${seed}`, stories);
  const { rows } = await world.pool.query<Record<string, unknown> & { id: string; status: MessageStatus }>(
    `select external_id as id, status, pending_at, delivered_at, read_at, failed_at from messages where external_id like $1`,
    [`any${seed}-%`],
  );
  const wrong = told.filter((story) => !isAsTold(story, rows.find(({ id }) => id === story.id) ?? null));
  noteFigures(context, {
    experiment: 9,
    what: 'any selection, number and order of the states, in any number of deliveries',
    figures: { messages: stories.length, wrong: wrong.length, regressions, seed: String(seed), seconds },
  });
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(rows).toHaveLength(stories.length);
  expect(regressions).toBe(0);
  expect(await inconsistencies(world.pool)).toEqual([]);
});

/** Tells all stories, many at a time, and reads what became of their messages. */
async function tellAll(prefix: string, plots: Pick<Story, 'steps' | 'way'>[]) {
  const told = plots.map((plot, n) => ({ ...plot, id: `${prefix}-${n}`, who: n % PEOPLE }));
  const from = performance.now();
  await inLanes(shuffled(told, 9), LANES, tell);
  const seconds = Number(((performance.now() - from) / 1000).toFixed(1));
  const { rows } = await world.pool.query<Record<string, unknown> & { stored: number }>(
    `select count(*)::int as stored, status, pending_at, sent_at, delivered_at, read_at, played_at, failed_at, failure
     from messages where external_id like $1 group by 2, 3, 4, 5, 6, 7, 8, 9`,
    [`${prefix}-%`],
  );
  const stored = rows.reduce((sum, row) => sum + row.stored, 0);
  return { told, finals: rows, stored, regressions: await countRegressions(), seconds };
}

async function tell({ id, who, steps, way }: Story, n: number): Promise<void> {
  const items = steps.map((step) => {
    const of = { id, from: person(who), direction: 'OUTBOUND' as const };
    if (step === 'MESSAGE') return message({ ...of, at: instant(0) });
    return status({ ...of, status: step, at: atOf(step).toISOString(), failure: step === 'FAILED' ? 'x' : null });
  });
  if (way === 'in one delivery') return void (await world.submit(n, delivery(items)));
  if (way === 'all at once') return void (await Promise.all(items.map((item, k) => world.submit(k, delivery([item])))));
  for (const [k, item] of items.entries()) await world.submit(k, delivery([item]));
}

function atOf(state: (typeof STATES)[number]): Date {
  return new Date(instant(10 + STATES.indexOf(state)));
}

/** Status and times are those of the story: nothing that was told is missing, nothing else is there. An echo is at least SENT. */
function isAsTold({ steps }: Story, row: (Record<string, unknown> & { status: MessageStatus }) | null): boolean {
  const highest = (['READ', 'DELIVERED', 'FAILED'] as const).find((state) => steps.includes(state)) ?? 'SENT';
  const times = (['PENDING', 'DELIVERED', 'READ', 'FAILED'] as const).every(
    (state) => Number(row?.[`${state.toLowerCase()}_at`] ?? 0) === (steps.includes(state) ? atOf(state).getTime() : 0),
  );
  return row?.status === highest && times;
}

const RANKS = ['PENDING', 'UNKNOWN', 'SENT', 'FAILED', 'DELIVERED', 'READ', 'PLAYED'];

/** Times that the log told a lower status after a higher one. */
async function countRegressions(): Promise<number> {
  const { rows } = await world.pool.query<{ message: string; status: string }>(
    `select payload ->> 'messageId' as message, coalesce(payload ->> 'status', payload #>> '{message,status}') as status
     from events where type in ('ticket.message', 'message.status') order by seq`,
  );
  const highest = new Map<string, number>();
  let regressions = 0;
  for (const { message, status } of rows) {
    const rank = RANKS.indexOf(status);
    if (rank < (highest.get(message) ?? 0)) regressions += 1;
    else highest.set(message, rank);
  }
  return regressions;
}

function permutations<T>(values: readonly T[]): T[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((value, n) => permutations(values.toSpliced(n, 1)).map((rest) => [value, ...rest]));
}
