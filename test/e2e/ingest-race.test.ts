// Two processes' worth of ingest on one PostgreSQL: nothing is lost, doubled, misnumbered or miscounted.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { delivery, instant, message, person, shuffled } from '../support/ingest-items.js';
import { countRows, inconsistencies, verdicts } from '../support/ingest-oracle.js';
import { describeWithPostgres, openIngestWorld } from '../support/ingest-world.js';
import type { IngestWorld } from '../support/ingest-world.js';

const TENANTS = ['t1', 't2', 't3', 't4', 't5'];

describeWithPostgres('two processes on one database', () => {
  let world: IngestWorld;
  beforeAll(async () => {
    world = await openIngestWorld({ tenants: TENANTS });
  });
  afterAll(() => world[Symbol.asyncDispose]());
  beforeEach(() => world.clear());

  test('6,000 deliveries, a third of them repeats, of 500 contacts in random order: each id is one row', async () => {
    const originals = Array.from({ length: 4_200 }, (_, n) => {
      const tenantId = TENANTS[n % 5] ?? '';
      return delivery(
        [
          message({
            id: `m${n}`,
            from: person(n % 500),
            at: instant(n % 977),
            direction: n % 3 === 0 ? 'OUTBOUND' : 'INBOUND',
            name: n % 7 === 0 ? `Name ${n}` : null,
          }),
        ],
        { tenantId, instanceId: `${tenantId}-${n % 2 === 0 ? 'a' : 'b'}` },
      );
    });
    const sent = shuffled([...originals, ...originals.slice(0, 1_800)], 42);
    let next = 0;
    const outcomes: string[] = [];
    async function post(lane: number): Promise<void> {
      for (let mine = sent[next++]; mine; mine = sent[next++]) {
        const [verdict] = await world.context(lane).ingest.submit({ ...mine, receivedAt: new Date() });
        outcomes.push(verdict?.verdict ?? '');
      }
    }
    await Promise.all(Array.from({ length: 200 }, (_, lane) => post(lane)));

    expect(outcomes.filter((verdict) => verdict === 'accepted')).toHaveLength(4_200);
    expect(outcomes.filter((verdict) => verdict === 'duplicate')).toHaveLength(1_800);
    expect(await verdicts(world.pool)).toEqual({ accepted: 4_200, duplicate: 1_800 });
    expect(
      await countRows(world.pool, ['messages', 'contacts', 'inbox_events', 'deliveries', 'parked_events']),
    ).toEqual({
      messages: 4_200,
      contacts: 500,
      inbox_events: 6_000,
      deliveries: 6_000,
      parked_events: 0,
    });
    expect(await inconsistencies(world.pool)).toEqual([]);
    expectHandedOnce(world);
  });

  test('500 new contacts with 10 messages each, all at once: 500 tickets, 5,000 messages', async () => {
    const burst = shuffled(
      Array.from({ length: 5_000 }, (_, n) =>
        delivery([message({ id: `m${n}`, from: person(n % 500), at: instant(Math.floor(n / 500)) })]),
      ),
      7,
    );
    const half = burst.length / 2;
    // Each process takes its half in one turn, below the bound of its waiting line.
    await Promise.all(burst.map((one, n) => world.context(n < half ? 0 : 1).ingest.submit(one)));
    expect(await countRows(world.pool, ['contacts', 'tickets', 'messages'])).toEqual({
      contacts: 500,
      tickets: 500,
      messages: 5_000,
    });
    expect(await inconsistencies(world.pool)).toEqual([]);
    expectHandedOnce(world);
  });

  test('one delivery of many items, sent to both at once, is stored once', async () => {
    const items = Array.from({ length: 250 }, (_, n) => message({ id: `m${n}`, from: person(n % 20), at: instant(n) }));
    const [one, other] = await Promise.all([0, 1].map((n) => world.context(n).ingest.submit(delivery(items))));
    const both = [...(one ?? []), ...(other ?? [])].map(({ verdict }) => verdict);
    expect(both.filter((verdict) => verdict === 'accepted')).toHaveLength(250);
    expect(both.filter((verdict) => verdict === 'duplicate')).toHaveLength(250);
    expect(await countRows(world.pool, ['messages', 'deliveries', 'tickets'])).toEqual({
      messages: 250,
      deliveries: 2,
      tickets: 20,
    });
    expect(await inconsistencies(world.pool)).toEqual([]);
  });
});

/** Every number of the log was handed over by the one batch that wrote it, and all of them were. */
function expectHandedOnce(world: IngestWorld): void {
  const numbers = world.handed.map(({ tenantId, seq }) => `${tenantId}:${seq}`);
  expect(new Set(numbers).size).toBe(numbers.length);
  for (const tenant of new Set(world.handed.map(({ tenantId }) => tenantId))) {
    const seqs = world.handed.filter(({ tenantId }) => tenantId === tenant).map(({ seq }) => seq);
    expect(Math.max(...seqs)).toBe(seqs.length);
  }
}
