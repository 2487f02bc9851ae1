// The traffic of a run: conversations as the deliveries of a broker that repeats, holds back, reorders and garbles. Pure and seeded.
import { trafficName, worldName, type Dials } from '../dials.js';
import type { Fact } from '../facts.js';
import { createRandom, type Random } from '../random.js';
import { chatOf, type Chat } from './chat.js';
import { goOn } from './conversation.js';
import { post, type Posted } from './forms.js';
import type { Item } from './item.js';
import { poisonItem } from './poison.js';
import { ItemQueue } from './queue.js';
import { dueTimes } from './pace.js';

/** One webhook. */
export interface Delivery extends Posted {
  /** Its place in the traffic, from 0. */
  n: number;
  /** Milliseconds after the start at which it falls due. */
  due: number;
  tenantId: string;
  instanceId: string;
  /** What its items say, one each, in order. */
  facts: Fact[];
}

/** The t-th tenant of a world and its instance. */
export function placeNames(world: string, tenant: number): { tenantId: string; instanceId: string } {
  return { tenantId: `sim-${world}-${tenant}`, instanceId: `sim-${world}-${tenant}-a` };
}

/** Every delivery of a run, in order. The same dials give the same bytes; another `startsAt` other times and tenants' names, nothing else. */
export function* traffic(dials: Dials): Generator<Delivery> {
  const world = worldName(dials);
  const name = trafficName(dials);
  const random = createRandom(`${dials.seed} ${name}`);
  const source = createSource(dials, name, random);
  const due = dueTimes(dials);
  for (let n = 0; n < dials.events; n += 1) {
    const { items, isAgain } = source.next(n);
    const tenant = items[0]?.tenant ?? 0;
    const names = placeNames(world, tenant);
    const told = isAgain ? items : withPoison(items, tenant, { dials, random });
    const facts = told.map((item) => item.fact);
    yield { n, due: due.next().value, ...names, ...post(told, { instanceId: names.instanceId, random }), facts };
  }
}

function withPoison(items: Item[], tenant: number, { dials, random }: { dials: Dials; random: Random }): Item[] {
  if (items[0]?.group !== 'upsert' || !random.happens(dials.poison)) return items;
  return items.toSpliced(random.whole(0, items.length), 0, poisonItem(tenant, random));
}

interface Source {
  /** The items of the next delivery. `isAgain`: the last one told once more, at the same time. */
  next(n: number): { items: Item[]; isAgain: boolean };
}

function createSource(dials: Dials, world: string, random: Random): Source {
  const chats = new Map<number, Chat>();
  const queue = new ItemQueue();
  let again: Item[] | null = null;
  let messages = 0;

  /** A chat of the tenant, or of any. */
  function chat(tenant: number | null): Chat {
    const { chats: all, tenants } = dials;
    const place = random.whole(0, all - 1);
    const moved = tenant === null ? place : place - (place % tenants) + tenant;
    const n = moved < all ? moved : place;
    const found = chats.get(n) ?? chatOf(n, dials);
    chats.set(n, found);
    return found;
  }
  /** Plans a message and its later life; what is held back lets the rest overtake it. */
  function plan(n: number, tenant: number | null): void {
    for (const { after, item } of goOn({ chat: chat(tenant), n: messages++, dials, world, random })) {
      const held = random.happens(dials.reorder) ? random.whole(1, dials.reorderBy) : 0;
      queue.put(n + after + held, item);
    }
  }
  /** Up to so many items that are due. Where too few are, conversations go on. */
  function due(n: number, most: number): Item[] {
    const items = queue.take(most);
    while (items.length === 0) {
      plan(n, null);
      items.push(...queue.take(most));
    }
    const [first] = items;
    if (first?.group !== 'upsert') return items;
    for (let missing = most - items.length; missing > 0; missing -= 1) plan(n, first.tenant);
    return [...items, ...queue.takeLike(first, most - items.length)];
  }
  /** Of what is told, a share is told again: here, or later in another vintage. */
  function repeated(items: Item[], n: number): Item[] {
    // So many repetitions an item make up the share asked for, the repetitions of repetitions included.
    const again = items.filter(() => random.happens(dials.duplicates));
    const here = again.filter(() => random.happens(0.2));
    for (const item of again) if (!here.includes(item)) queue.put(n + random.whole(1, 100), item);
    return [...items, ...here];
  }
  return {
    next(n) {
      if (n > 0) queue.advance();
      if (again) {
        const items = again;
        again = null;
        return { items, isAgain: true };
      }
      const most = batchSize(dials.batch, random);
      const told = repeated(due(n, most), n);
      if (random.happens(dials.duplicates * 0.2)) again = told;
      return { items: told, isAgain: false };
    },
  };
}

/** Geometric: most deliveries hold one item, a few hold many, and their mean is the dial's. */
function batchSize(mean: number, random: Random): number {
  const draw = 1 - random.next();
  return mean === 1 ? 1 : 1 + Math.floor(Math.log(draw) / Math.log(1 - 1 / mean));
}
