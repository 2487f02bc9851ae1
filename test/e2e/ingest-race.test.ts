// Two processes' worth of ingest on one PostgreSQL: nothing is lost, doubled, misnumbered or miscounted.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { delivery, edit, instant, message, person, revoke, shuffled, status } from '../support/ingest-items.js';
import { countRows, inconsistencies, verdicts } from '../support/ingest-oracle.js';
import { openIngestWorld } from '../support/ingest-world.js';
import { describeOnPostgres } from '../support/on-postgres.js';
import type { IngestWorld } from '../support/ingest-world.js';

const TENANTS = ['t1', 't2', 't3', 't4', 't5'];

describeOnPostgres('two processes on one database', () => {
  let world: IngestWorld;
  beforeAll(async () => {
    world = await openIngestWorld({ tenants: TENANTS });
  });
  afterAll(() => world?.[Symbol.asyncDispose]());
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
    expectNoDeadlock(world);
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
    expectNoDeadlock(world);
  });

  test('messages, edits, revokes and statuses of the same conversations mixed in every delivery: all bound, no deadlock', async () => {
    const people = 30;
    const rounds = 12;
    const items = Array.from({ length: people * rounds }, (_, n) => {
      const of = { id: `m${n}`, from: person(n % people) };
      const second = Math.floor(n / people);
      return [
        message({ ...of, at: instant(second), direction: n % 2 === 0 ? 'INBOUND' : 'OUTBOUND' }),
        status({ ...of, status: 'READ', at: instant(second + 1) }),
        n % 3 === 0
          ? revoke({ ...of, at: instant(second + 2) })
          : edit({ ...of, text: `edited ${n}`, at: instant(second + 2) }),
      ];
    }).flat();
    const mixed = shuffled([...items, ...items], 3);
    const deliveries = Array.from({ length: 72 }, (_, part) => delivery(mixed.filter((_item, n) => n % 72 === part)));
    const outcomes = await Promise.all(deliveries.map((one, n) => world.context(n).ingest.submit(one)));

    expect(outcomes.flat()).toHaveLength(mixed.length);
    expect(await countRows(world.pool, ['messages', 'tickets', 'parked_events', 'inbox_events'])).toEqual({
      messages: people * rounds,
      tickets: people,
      parked_events: 0,
      inbox_events: mixed.length,
    });
    const { rows } = await world.pool.query(
      `select distinct status, revoked_at is not null as revoked, content like 'edited%' as edited from messages order by 2`,
    );
    expect(rows).toEqual([
      { status: 'READ', revoked: false, edited: true },
      { status: 'READ', revoked: true, edited: false },
    ]);
    expect(await inconsistencies(world.pool)).toEqual([]);
    expectNoDeadlock(world);
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

/** Locks are taken in one order everywhere: two batches never wait for each other in a circle. */
function expectNoDeadlock(world: IngestWorld): void {
  expect(world.logged.filter((line) => line.includes('40P01'))).toEqual([]);
}
