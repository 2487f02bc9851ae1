// Statuses, edits, reactions and revokes that race their message or one another: always bound in the end, always the same row.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  delivery,
  edit,
  instant,
  message,
  person,
  reaction,
  revoke,
  shuffled,
  status,
} from '../support/ingest-items.js';
import { inconsistencies } from '../support/ingest-oracle.js';
import { holdLog, openIngestWorld, untilBlocked } from '../support/ingest-world.js';
import { describeOnPostgres } from '../support/on-postgres.js';
import type { IngestWorld } from '../support/ingest-world.js';

type Items = Parameters<typeof delivery>[0];

describeOnPostgres('changes on PostgreSQL', () => {
  let world: IngestWorld;
  beforeAll(async () => {
    world = await openIngestWorld({ tenants: ['t1', 't2'] });
  });
  afterAll(() => world?.[Symbol.asyncDispose]());
  beforeEach(() => world.clear());

  const submit = (n: number, items: Items, of = {}) => world.context(n).ingest.submit(delivery(items, of));
  async function rows(table: string, columns: string, order = 'id'): Promise<Record<string, unknown>[]> {
    return (await world.pool.query(`select ${columns} from ${table} order by ${order}`)).rows;
  }

  describe('a status racing its message', () => {
    test.each([
      ['of a new contact', (n: number) => person(n), (n: number) => person(n)],
      ['under another of its names', (n: number) => person(n, 'jid+lid'), (n: number) => person(n, 'lid')],
      ['that names nobody', (n: number) => person(n), () => []],
    ])('%s is bound, and its ledger row says accepted with the message', async (_, names, statusNames) => {
      const rounds = 40;
      for (let round = 0; round < rounds; round += 1) {
        const id = `m${round}`;
        const sent = () => submit(0, [message({ id, from: names(round), direction: 'OUTBOUND' })]);
        const read = () => submit(1, [status({ id, from: statusNames(round), status: 'READ', direction: 'OUTBOUND' })]);
        const delivered = () =>
          submit(round, [status({ id, from: statusNames(round), status: 'DELIVERED', direction: 'OUTBOUND' })]);
        await Promise.all(shuffled([sent, read, delivered], round).map((send) => send()));
      }
      expect(await rows('parked_events', 'kind')).toEqual([]);
      const messages = await rows(
        'messages',
        'status, delivered_at is not null as delivered, read_at is not null as read',
      );
      expect(messages).toEqual(Array.from({ length: rounds }, () => ({ status: 'READ', delivered: true, read: true })));
      const ledger = await world.pool.query(
        `select e.external_id from inbox_events e left join messages m on m.id = e.message_id and m.external_id = e.external_id
         where e.kind = 'status' and (m.id is null or e.verdict not in ('accepted', 'ignored'))`,
      );
      expect(ledger.rows).toEqual([]);
      expect(await inconsistencies(world.pool)).toEqual([]);
    });

    test('early by a whole batch waits parked; the message rewrites its verdict', async () => {
      expect(await submit(0, [status({ id: 'm', from: person(1), status: 'READ' })])).toMatchObject([
        { verdict: 'parked', reason: 'parked_early_status' },
      ]);
      const [stored] = await submit(1, [message({ id: 'm', from: person(1), direction: 'OUTBOUND' })]);
      const ledger = await rows('inbox_events', 'kind, verdict, reason, message_id as id', 'kind desc');
      expect(ledger).toEqual([
        { kind: 'status', verdict: 'accepted', reason: 'ok', id: stored?.messageId },
        { kind: 'echo', verdict: 'accepted', reason: 'ok', id: stored?.messageId },
      ]);
      expect(await rows('parked_events', 'id')).toEqual([]);
      expect(await inconsistencies(world.pool)).toEqual([]);
    });
  });

  test('an edit or a revoke racing the message of a new contact also changes the line the list shows', async () => {
    for (let round = 0; round < 40; round += 1) {
      const id = `m${round}`;
      const change =
        round % 2 === 0 ? edit({ id, from: person(round), text: 'edited' }) : revoke({ id, from: person(round) });
      await Promise.all(
        shuffled([[message({ id, from: person(round) })], [change]], round).map((items, n) => submit(n, items)),
      );
    }
    expect(await rows('parked_events', 'kind')).toEqual([]);
    const previews = await world.pool.query(
      `select t.preview, m.external_id from tickets t join messages m on m.ticket_id = t.id`,
    );
    expect(previews.rows.filter((row) => row.preview?.startsWith('m'))).toEqual([]);
    expect(await inconsistencies(world.pool)).toEqual([]);
  });

  test.each([
    ['an edit', () => edit({ id: 'm', from: person(1), text: 'edited' }), 'edited'],
    ['a revoke', () => revoke({ id: 'm', from: person(1) }), null],
  ])('%s that meets the message only at the log changes the line all the same', async (_, change, preview) => {
    await using log = await holdLog(world.url, 't1');
    const stored = submit(0, [message({ id: 'm', from: person(1) })]);
    await untilBlocked(world.pool, 1);
    // The contact is not committed yet: the change cannot know its chat, nor lock its ticket, before it has the log.
    const changed = submit(1, [change()]);
    await untilBlocked(world.pool, 2);
    await log.release();
    expect([...(await stored), ...(await changed)].map(({ verdict }) => verdict)).toEqual(['accepted', 'accepted']);
    expect(await rows('tickets', 'preview')).toEqual([{ preview }]);
    expect(await inconsistencies(world.pool)).toEqual([]);
  });

  test('an edit of the last message of a resolved conversation changes its line', async () => {
    await submit(0, [message({ id: 'm', from: person(1) })]);
    await world.pool.query(`update tickets set status = 'RESOLVED', resolved_at = now()`);
    await submit(1, [edit({ id: 'm', from: person(1), text: 'edited' })]);
    expect(await rows('tickets', 'status, preview')).toEqual([{ status: 'RESOLVED', preview: 'edited' }]);
    expect(await inconsistencies(world.pool)).toEqual([]);
  });

  describe('one id in two places', () => {
    test('two chats, two instances, two tenants and both directions are sixteen messages, and each status finds its own', async () => {
      const places = ['t1', 't2'].flatMap((tenantId) =>
        ['a', 'b'].flatMap((suffix) =>
          [1, 2].flatMap((who) =>
            (['INBOUND', 'OUTBOUND'] as const).map((direction) => ({
              of: { tenantId, instanceId: `${tenantId}-${suffix}` },
              from: person(who),
              direction,
              text: `${tenantId}-${suffix}-${who}-${direction}`,
            })),
          ),
        ),
      );
      const marked = places.filter((_place, n) => n % 3 === 0);
      await Promise.all(
        shuffled(
          [
            ...places.map((place) => () => submit(0, [message({ id: 'same', ...place })], place.of)),
            ...places.map((place) => () => submit(1, [message({ id: 'same', ...place })], place.of)),
            ...marked.map((place) => () => submit(1, [status({ id: 'same', ...place, status: 'READ' })], place.of)),
            ...marked.map(
              (place) => () => submit(0, [edit({ id: 'same', ...place, text: `${place.text}!` })], place.of),
            ),
          ],
          5,
        ).map((send) => send()),
      );
      const stored = await rows('messages', 'content, status', 'content');
      const expected = places.map((place) =>
        marked.includes(place)
          ? { content: `${place.text}!`, status: 'READ' }
          : { content: place.text, status: 'SENT' },
      );
      expect(stored).toEqual(expected.toSorted((a, b) => (a.content < b.content ? -1 : 1)));
      expect(await rows('parked_events', 'kind')).toEqual([]);
      expect(await inconsistencies(world.pool)).toEqual([]);
    });

    test.each(['before', 'after'])(
      'a status of a chat whose message is still to come is not given to another chat’s, sent %s it',
      async (order) => {
        const other = [message({ id: 'same', from: person(1), direction: 'OUTBOUND', text: 'other' })];
        if (order === 'after') await submit(0, other);
        await submit(1, [status({ id: 'same', from: person(2), status: 'READ' })]);
        if (order === 'before') await submit(0, other);
        expect(await rows('messages', 'content, status')).toEqual([{ content: 'other', status: 'SENT' }]);
        await submit(0, [message({ id: 'same', from: person(2), direction: 'OUTBOUND', text: 'own' })]);
        expect(await rows('messages', 'content, status', 'content')).toEqual([
          { content: 'other', status: 'SENT' },
          { content: 'own', status: 'READ' },
        ]);
        expect(await rows('parked_events', 'kind')).toEqual([]);
        expect(await inconsistencies(world.pool)).toEqual([]);
      },
    );
  });

  test('sent, delivered, read and failed in every order, each twice, before and after the message: one final row', async () => {
    const kinds = ['SENT', 'DELIVERED', 'READ', 'FAILED'] as const;
    const orders = permutations(kinds);
    const sends = orders.flatMap((order, n) =>
      [0, 2, 4].map((place) => async () => {
        const id = `m${n}-${place}`;
        const steps: Items[] = order.map((state) => [
          status({
            id,
            from: person(n),
            status: state,
            at: instant(10 + kinds.indexOf(state)),
            failure: state === 'FAILED' ? 'x' : null,
          }),
        ]);
        steps.splice(place, 0, [message({ id, from: person(n), direction: 'OUTBOUND', text: 'same', at: instant(0) })]);
        for (const [k, items] of [...steps, ...steps].entries()) await submit(k, items);
      }),
    );
    await Promise.all(sends.map((send) => send()));
    const columns = `status, pending_at, sent_at, delivered_at, read_at, played_at, failed_at, failure, content, edited_at, revoked_at, reactions::text`;
    const finals = await rows('messages', `distinct ${columns}`, '1');
    expect(finals).toHaveLength(1);
    expect(finals[0]).toMatchObject({ status: 'READ', failure: 'x', sent_at: new Date(instant(0)) });
    expect(await rows('parked_events', 'kind')).toEqual([]);
    expect(await inconsistencies(world.pool)).toEqual([]);
  });

  test('edits, reactions and revokes in any order and number, before and after the message, end the same', async () => {
    const changes = (id: string, n: number) => [
      edit({ id, from: person(n), text: 'one', at: instant(1) }),
      edit({ id, from: person(n), text: 'two', at: instant(2) }),
      reaction({ id, from: person(n), author: 'a', emoji: '👍', at: instant(3) }),
      reaction({ id, from: person(n), author: 'a', emoji: '', at: instant(4) }),
      reaction({ id, from: person(n), author: 'b', emoji: '❤️', at: instant(5) }),
      revoke({ id, from: person(n), at: instant(6) }),
    ];
    const stories = Array.from({ length: 40 }, (_, n) => {
      const id = `m${n}`;
      const all = [message({ id, from: person(n), text: 'zero' }), ...changes(id, n), ...changes(id, n)];
      return async () => {
        for (const [k, item] of shuffled(all, n).entries()) await submit(n + k, [item]);
      };
    });
    await Promise.all(stories.map((tell) => tell()));
    const finals = await rows(
      'messages',
      'distinct content, edited_at, edit_action_id, revoked_at, reactions::text',
      '1',
    );
    expect(finals).toHaveLength(1);
    expect(finals[0]).toMatchObject({ content: 'two', revoked_at: new Date(instant(6)) });
    expect(await rows('tickets', 'distinct preview', '1')).toEqual([{ preview: null }]);
    expect(await rows('parked_events', 'kind')).toEqual([]);
    expect(await inconsistencies(world.pool)).toEqual([]);
  });

  test('a state told with two times before its message keeps the earlier, in either order', async () => {
    for (const [n, times] of [
      [1, 2],
      [2, 1],
    ].entries()) {
      for (const at of times)
        await submit(at, [status({ id: `m${n}`, from: person(n), status: 'READ', at: instant(at) })]);
      await submit(n, [message({ id: `m${n}`, from: person(n), direction: 'OUTBOUND' })]);
    }
    expect(await rows('messages', 'distinct read_at', '1')).toEqual([{ read_at: new Date(instant(1)) }]);
    expect(await rows('parked_events', 'kind')).toEqual([]);
    expect(await inconsistencies(world.pool)).toEqual([]);
  });
});

function permutations<T>(values: readonly T[]): T[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((value, n) => permutations(values.toSpliced(n, 1)).map((rest) => [value, ...rest]));
}
