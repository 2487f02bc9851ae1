// The same new person in several batches at once, under one name or many: one contact, and nothing is dropped.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { delivery, instant, message, person, shuffled, status } from '../support/ingest-items.js';
import type { Names } from '../support/ingest-items.js';
import { countRows, inconsistencies, verdicts } from '../support/ingest-oracle.js';
import { openIngestWorld } from '../support/ingest-world.js';
import { describeOnPostgres } from '../support/on-postgres.js';
import type { IngestWorld } from '../support/ingest-world.js';

const ROUNDS = 50;

describeOnPostgres('the same new contact in two batches', () => {
  let world: IngestWorld;
  beforeAll(async () => {
    world = await openIngestWorld();
  });
  afterAll(() => world?.[Symbol.asyncDispose]());
  beforeEach(() => world.clear());

  const submit = (n: number, items: Parameters<typeof delivery>[0], of = {}) =>
    world.context(n).ingest.submit(delivery(items, of));

  /** Contacts that were not merged away. */
  async function livingContacts(): Promise<number> {
    const { rows } = await world.pool.query<{ n: number }>(
      'select count(*)::int as n from contacts where merged_into is null',
    );
    return rows[0]?.n ?? 0;
  }

  test('becomes one contact with one open ticket, and both messages are stored', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const outcomes = await Promise.all(
        [0, 1].map((n) => submit(n, [message({ id: `m${round}-${n}`, from: person(round), at: instant(n) })])),
      );
      expect(outcomes.flat().map(({ verdict }) => verdict)).toEqual(['accepted', 'accepted']);
    }
    const counts = await countRows(world.pool, ['contacts', 'contact_aliases', 'tickets', 'messages']);
    expect(counts).toEqual({ contacts: ROUNDS, contact_aliases: ROUNDS, tickets: ROUNDS, messages: 2 * ROUNDS });
    expect(await inconsistencies(world.pool)).toEqual([]);
  });

  test('is one contact of the tenant also when two instances meet it at once', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await Promise.all(
        ['t1-a', 't1-b'].map((instanceId, n) =>
          submit(n, [message({ id: `m${round}`, from: person(round, 'phone+jid') })], { instanceId }),
        ),
      );
    }
    const counts = await countRows(world.pool, ['tickets', 'messages', 'contact_merges']);
    expect({ ...counts, contacts: await livingContacts() }).toEqual({
      contacts: ROUNDS,
      tickets: 2 * ROUNDS,
      messages: 2 * ROUNDS,
      contact_merges: 0,
    });
    expect(await inconsistencies(world.pool)).toEqual([]);
  });

  test.each<{ names: Names[] }>(
    [
      ['phone', 'jid'],
      ['jid', 'jid+lid'],
      ['phone', 'jid+lid'],
      ['lid', 'jid+lid'],
      ['lid', 'phone', 'jid+lid'],
      ['lid', 'phone', 'jid', 'jid+lid', 'jid+lid'],
    ].map((names) => ({ names: names as Names[] })),
  )('named $names at once, each by itself, becomes one person, whatever merges that takes', async ({ names }) => {
    const rounds = 12;
    for (let round = 0; round < rounds; round += 1) {
      const outcomes = await Promise.all(
        shuffled(names, round).map((under, n) =>
          submit(n, [message({ id: `m${round}-${n}`, from: person(round, under), at: instant(n) })]),
        ),
      );
      expect(outcomes.flat().map(({ verdict }) => verdict)).toEqual(names.map(() => 'accepted'));
    }
    expect(await livingContacts()).toBe(rounds);
    const { rows } = await world.pool.query(`select 1 from tickets where status = 'OPEN'`);
    expect(rows).toHaveLength(rounds);
    expect(await countRows(world.pool, ['messages'])).toEqual({ messages: rounds * names.length });
    expect(await inconsistencies(world.pool, { merges: true })).toEqual([]);
  });

  test('many people under all their names in big batches of both: one contact each, each message once', async () => {
    const people = 40;
    const copies = Array.from({ length: people }, (_, n) =>
      (['phone', 'jid', 'lid', 'jid+lid'] as const).flatMap((names, k) => {
        const item = message({ id: `m${n}-${k}`, from: person(n, names), at: instant(k) });
        return [item, item];
      }),
    ).flat();
    const items = shuffled(copies, 11);
    const parts = Array.from({ length: 16 }, (_, part) => items.filter((_item, n) => n % 16 === part));
    const outcomes = await Promise.all(parts.map((part, n) => submit(n, part)));
    expect(outcomes.flat().filter(({ verdict }) => verdict === 'accepted')).toHaveLength(4 * people);
    expect(await verdicts(world.pool)).toEqual({ accepted: 4 * people, duplicate: 4 * people });
    expect(await livingContacts()).toBe(people);
    expect(await inconsistencies(world.pool, { merges: true })).toEqual([]);
  });

  test('a process that remembers a contact another one merged away stores its messages and statuses with the contact that remains', async () => {
    await submit(0, [message({ id: 'phone', from: person(1, 'phone'), direction: 'OUTBOUND' })]);
    await submit(0, [message({ id: 'lid', from: person(1, 'lid'), direction: 'OUTBOUND' })]);
    await submit(1, [message({ id: 'both', from: person(1, 'phone+jid').concat(person(1, 'lid')), at: instant(2) })]);
    expect(await livingContacts()).toBe(1);

    const outcomes = await submit(0, [
      message({ id: 'after', from: person(1, 'lid'), at: instant(3) }),
      status({ id: 'phone', from: person(1, 'phone'), status: 'READ' }),
      status({ id: 'lid', from: person(1, 'lid'), status: 'READ' }),
    ]);
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(await countRows(world.pool, ['parked_events', 'messages'])).toEqual({ parked_events: 0, messages: 4 });
    expect(await inconsistencies(world.pool, { merges: true })).toEqual([]);
  });

  test('a status alone, from a process that remembers a contact merged away, finds its message', async () => {
    await submit(0, [message({ id: 'phone', from: person(1, 'phone'), direction: 'OUTBOUND' })]);
    await submit(0, [message({ id: 'lid', from: person(1, 'lid'), direction: 'OUTBOUND' })]);
    await submit(1, [message({ id: 'both', from: person(1, 'phone').concat(person(1, 'lid')), at: instant(2) })]);
    for (const names of ['phone', 'lid'] as const) {
      const outcome = await submit(0, [status({ id: names, from: person(1, names), status: 'READ' })]);
      expect(outcome).toMatchObject([{ verdict: 'accepted', reason: 'ok' }]);
    }
    expect(await countRows(world.pool, ['parked_events'])).toEqual({ parked_events: 0 });
  });
});
