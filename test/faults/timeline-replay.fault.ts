// Experiment 10, without the reconciler: messages shuffled and replayed; the timelines equal a recomputation, and a replay changes nothing.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { delivery, instant, message, person, shuffled } from '../support/ingest-items.js';
import { inconsistencies } from '../support/ingest-oracle.js';
import { noteFigures } from './support/figures.js';
import { inLanes } from './support/lanes.js';
import { dial } from './support/tier.js';
import { openWorld } from './support/world.js';
import type { World } from './support/world.js';

const REPLAYS = 3;
const A_DELIVERY = 20;
const LANES = 24;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

/** What was sent, from which the timeline is known without the service. */
interface Sent {
  who: number;
  second: number;
  direction: 'INBOUND' | 'OUTBOUND';
}

test('messages shuffled and replayed three times give the timelines of the messages; another replay changes no row', async (context) => {
  const tickets = dial({ fast: 60, full: 1_000 });
  const sent = Array.from({ length: tickets * 12 }, (_, n): Sent => {
    // Some begin with the agent, some have one direction only, many share an instant.
    const who = n % tickets;
    const isOutbound = who % 10 !== 0 && (n * 7 + who) % 3 === 0;
    return { who, second: (n * 7_919) % 997, direction: isOutbound ? 'OUTBOUND' : 'INBOUND' };
  });
  const items = sent.map(({ who, second, direction }, n) =>
    message({ id: `m${n}`, from: person(who), at: instant(second), direction }),
  );
  const copies = Array.from({ length: REPLAYS }, () => items).flat();
  const first = await tell(shuffled(copies, 10));
  const wrong = await countWrong(sent);
  const before = await fingerprint();
  const again = await tell(shuffled(items, 11));
  const after = await fingerprint();
  noteFigures(context, {
    experiment: 10,
    what: 'messages shuffled and replayed ×3 in deliveries of 20, without the reconciler; then once more',
    figures: {
      tickets,
      messages: sent.length,
      told: copies.length,
      timelinesWrong: wrong,
      acceptedByReplay: again.accepted ?? 0,
      changedByReplay: before === after ? 0 : 'rows',
    },
  });
  expect(first).toEqual({ accepted: sent.length, duplicate: (REPLAYS - 1) * sent.length });
  expect(wrong).toBe(0);
  expect(await inconsistencies(world.pool)).toEqual([]);
  expect(again).toEqual({ duplicate: sent.length });
  expect(after).toBe(before);
});

/** Hands the items over in deliveries, many at a time; how many had each verdict. */
async function tell(items: ReturnType<typeof message>[]): Promise<Record<string, number>> {
  const parts = Array.from({ length: Math.ceil(items.length / A_DELIVERY) }, (_, n) =>
    items.slice(n * A_DELIVERY, (n + 1) * A_DELIVERY),
  );
  const verdicts = await inLanes(parts, LANES, (part, n) => world.submit(n, delivery(part)));
  const counts: Record<string, number> = {};
  for (const { verdict } of verdicts.flat()) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

/** Tickets whose timeline is not that of what was sent. */
async function countWrong(sent: Sent[]): Promise<number> {
  const { rows } = await world.pool.query<Record<string, unknown> & { value: string }>(
    `select a.value, t.first_in, t.last_in, t.first_out, t.last_out, t.in_count, t.out_count
     from tickets t join contact_aliases a on a.tenant_id = t.tenant_id and a.contact_id = t.contact_id`,
  );
  const found = new Map(rows.map(({ value, ...timeline }) => [value, timeline]));
  const people = [...new Set(sent.map(({ who }) => who))];
  const wrong = people.filter((who) => {
    const at = (direction: Sent['direction']) =>
      sent.filter((one) => one.who === who && one.direction === direction).map(({ second }) => second);
    const [inbound, outbound] = [at('INBOUND'), at('OUTBOUND')];
    const expected = {
      first_in: edge(inbound, Math.min),
      last_in: edge(inbound, Math.max),
      first_out: edge(outbound, Math.min),
      last_out: edge(outbound, Math.max),
      in_count: inbound.length,
      out_count: outbound.length,
    };
    return JSON.stringify(found.get(person(who)[0]?.value ?? '')) !== JSON.stringify(expected);
  });
  return wrong.length + Math.abs(rows.length - people.length);
}

function edge(seconds: number[], choose: (...values: number[]) => number): string | null {
  return seconds.length === 0 ? null : instant(choose(...seconds));
}

/** Of every row a replay must not touch; the ledger and the raw deliveries grow, as they should. */
async function fingerprint(): Promise<string> {
  const { rows } = await world.pool.query<{ of: string }>(
    ['tickets', 'messages', 'contacts', 'contact_aliases', 'events', 'parked_events']
      .map((table) => `select md5(string_agg(r::text, '|' order by r::text)) as of from ${table} r`)
      .join(' union all '),
  );
  return JSON.stringify(rows);
}
