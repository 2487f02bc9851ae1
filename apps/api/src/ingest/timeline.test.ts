// The timeline is a commutative merge (DESIGN 2): the order of messages cannot be seen in it.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_TICKET } from '../db/sql/ingest-tickets.js';
import type { TicketRow } from '../db/sql/rows.js';
import { countMessage, type TimelineMessage } from './timeline.js';

const T0 = Date.parse('2024-05-02T13:05:00.000Z');

function blank(): TicketRow {
  const at = new Date(T0);
  return { ...NO_TICKET, id: 't', createdAt: at, updatedAt: at };
}
function message(id: string, minutes: number, more: Partial<TimelineMessage> = {}): TimelineMessage {
  return {
    id,
    direction: 'INBOUND',
    occurredAt: new Date(T0 + minutes * 6e4),
    isLive: true,
    type: 'TEXT',
    content: id,
    caption: null,
    extra: {},
    ...more,
  };
}
function count(messages: TimelineMessage[]): TicketRow {
  const ticket = blank();
  for (const one of messages) countMessage(ticket, one);
  return ticket;
}
function orders<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, at) => orders(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]));
}

describe('countMessage', () => {
  test('every order gives the same ticket', () => {
    const messages = [
      message('a', 3),
      message('b', 1, { direction: 'OUTBOUND' }),
      message('c', 5, { isLive: false }),
      message('d', 5, { direction: 'OUTBOUND' }),
      message('e', 2),
    ];
    const [first, ...others] = orders(messages).map(count);
    for (const other of others) expect(other).toEqual(first);
    expect(first).toMatchObject({ inCount: 3, outCount: 2, unread: 2, lastMessageId: 'd', preview: 'd' });
    expect(first).toMatchObject({ firstIn: new Date(T0 + 120_000), lastIn: new Date(T0 + 300_000) });
    expect(first).toMatchObject({ firstOut: new Date(T0 + 60_000), lastOut: new Date(T0 + 300_000) });
  });

  test('any messages in any order give the same ticket, and its counts and instants are those of the messages', () => {
    const some = fc.uniqueArray(
      fc.record({
        id: fc.uuid(),
        minutes: fc.integer({ min: -5, max: 5 }),
        direction: fc.constantFrom('INBOUND' as const, 'OUTBOUND' as const),
        isLive: fc.boolean(),
      }),
      { selector: ({ id }) => id, maxLength: 20 },
    );
    const arrivals = some.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(arrivals, ([all, shuffled]) => {
        const make = (list: typeof all) => count(list.map(({ id, minutes, ...more }) => message(id, minutes, more)));
        const ticket = make(all);
        expect(make(shuffled)).toEqual(ticket);
        const inbound = all.filter(({ direction }) => direction === 'INBOUND');
        const times = inbound.map(({ minutes }) => T0 + minutes * 6e4);
        expect([ticket.inCount, ticket.outCount]).toEqual([inbound.length, all.length - inbound.length]);
        expect(ticket.unread).toBe(inbound.filter(({ isLive }) => isLive).length);
        expect(ticket.firstIn?.getTime() ?? Infinity).toBe(Math.min(...times));
        expect(ticket.lastIn?.getTime() ?? -Infinity).toBe(Math.max(...times));
      }),
    );
  });

  test('an old message moves firstInboundAt earlier and nothing back', () => {
    const ticket = count([message('new', 10), message('old', -10)]);
    expect(ticket).toMatchObject({ lastMessageId: 'new', preview: 'new', firstIn: new Date(T0 - 600_000) });
  });

  test('within one instant the later id is the last line', () => {
    expect(count([message('b', 1), message('a', 1)]).preview).toBe('b');
    expect(count([message('a', 1), message('b', 1)]).preview).toBe('b');
  });

  test('a line nobody wrote is not counted and not shown, but a missed call is', () => {
    const line = (kind: string) =>
      message('line', 9, { type: 'SYSTEM', content: null, isLive: false, extra: { kind } });
    expect(count([message('a', 1), line('ephemeral_setting')])).toEqual(count([message('a', 1)]));
    expect(count([line('ephemeral_setting'), message('a', 1)])).toEqual(count([message('a', 1)]));
    expect(count([line('group_change')])).toEqual({
      ...blank(),
      lastMessageId: 'line',
      lastMessageAt: new Date(T0 + 9 * 6e4),
    });
    expect(count([line('missed_call')])).toMatchObject({ inCount: 1, lastMessageId: 'line' });
  });

  test('neither our own words nor history are unread', () => {
    expect(count([message('a', 1, { direction: 'OUTBOUND' }), message('b', 2, { isLive: false })]).unread).toBe(0);
  });

  test('a newer message without text clears the line', () => {
    expect(count([message('a', 1), message('b', 2, { content: null, type: 'IMAGE' })]).preview).toBeNull();
  });
});
