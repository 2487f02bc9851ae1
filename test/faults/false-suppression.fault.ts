// Experiment 7: one broker id in two chats, instances, tenants and directions: all are kept, and each change finds its own.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { delivery, edit, instant, message, person, shuffled, status } from '../support/ingest-items.js';
import { countRows, inconsistencies } from '../support/ingest-oracle.js';
import { noteFigures } from './support/figures.js';
import { inLanes } from './support/lanes.js';
import { dial } from './support/tier.js';
import { openWorld } from './support/world.js';
import type { World } from './support/world.js';

const TENANTS = ['t1', 't2'];
const DIRECTIONS = ['INBOUND', 'OUTBOUND'] as const;
const COPIES = 3;
const LANES = 96;

let world: World;
beforeAll(async () => {
  world = await openWorld(TENANTS);
});
afterAll(() => world?.[Symbol.asyncDispose]());

/** Where one id is used: sixteen places for each. The text names the place. */
interface Place {
  id: string;
  of: { tenantId: string; instanceId: string };
  who: number;
  direction: (typeof DIRECTIONS)[number];
  text: string;
  /** Whether its message is also read and edited, under the same id. */
  isChanged: boolean;
}

test('one id in two chats, instances, tenants and directions is sixteen messages; statuses and edits with it find their own', async (context) => {
  const ids = dial({ fast: 12, full: 250 });
  const places = Array.from({ length: ids }, (_, n) => placesOf(n)).flat();
  const changed = places.filter(({ isChanged }) => isChanged);
  const sends = shuffled([...places.flatMap(messageOf), ...changed.flatMap(changesOf)], 7);
  const outcomes = await inLanes(sends, LANES, async ({ kind, items, of }, n) => {
    const [verdict] = await world.submit(n, delivery(items, of));
    return { kind, verdict: verdict?.verdict };
  });
  const accepted = outcomes.filter(({ kind, verdict }) => kind === 'message' && verdict === 'accepted').length;
  const { rows } = await world.pool.query<{ place: string; content: string; status: string; edited: boolean }>(
    `select concat_ws(' ', m.tenant_id, m.instance_id, m.external_id, a.value, m.direction) as place, m.content, m.status
     from messages m join contact_aliases a on a.tenant_id = m.tenant_id and a.contact_id::text = m.chat`,
  );
  const found = new Map(rows.map((row) => [row.place, row]));
  const suppressed = places.filter((place) => found.get(keyOf(place))?.content?.startsWith(place.text) !== true);
  const mixedUp = places.filter((place) => {
    const row = found.get(keyOf(place));
    const isRead = row?.status === 'READ' && row.content === `${place.text}, edited`;
    const isUntouched = row?.status === 'SENT' && row.content === place.text;
    return place.isChanged ? !isRead : !isUntouched;
  });
  const { parked_events: parked } = await countRows(world.pool, ['parked_events']);
  noteFigures(context, {
    experiment: 7,
    what: 'one id in two chats, instances, tenants and directions, each sent three times, a third also read and edited by that id',
    figures: {
      ids,
      messages: places.length,
      suppressed: suppressed.length,
      accepted,
      changes: changed.length * 2,
      mixedUp: mixedUp.length,
      parked,
    },
  });
  expect(suppressed.slice(0, 5)).toEqual([]);
  expect(mixedUp.slice(0, 5)).toEqual([]);
  expect(accepted).toBe(places.length);
  expect(rows).toHaveLength(places.length);
  expect(parked).toBe(0);
  expect(await inconsistencies(world.pool)).toEqual([]);
});

function placesOf(n: number): Place[] {
  const id = `same-${n}`;
  return TENANTS.flatMap((tenantId) =>
    ['a', 'b'].flatMap((suffix) =>
      [2 * (n % 40), 2 * (n % 40) + 1].flatMap((who) =>
        DIRECTIONS.map((direction) => ({
          id,
          of: { tenantId, instanceId: `${tenantId}-${suffix}` },
          who,
          direction,
          text: `${id} ${tenantId}-${suffix} ${who} ${direction}`,
        })),
      ),
    ),
  ).map((place, k) => ({ ...place, isChanged: (n + k) % 3 === 0 }));
}

function messageOf({ id, of, who, direction, text }: Place) {
  const items = [message({ id, from: person(who), direction, text, at: instant(who) })];
  return Array.from({ length: COPIES }, () => ({ kind: 'message', items, of }));
}

function changesOf({ id, of, who, direction, text }: Place) {
  const target = { id, from: person(who), direction, at: instant(100 + who) };
  return [
    { kind: 'status', items: [status({ ...target, status: 'READ' })], of },
    { kind: 'edit', items: [edit({ ...target, text: `${text}, edited` })], of },
  ];
}

function keyOf({ of, id, who, direction }: Place): string {
  return [of.tenantId, of.instanceId, id, person(who)[0]?.value, direction].join(' ');
}
