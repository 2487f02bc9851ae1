import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Cursor, MAX_HELD } from './cursor.js';

function release(seq: number, epoch = 'e1') {
  const entry = {
    tenantId: 'demo',
    epoch,
    seq,
    eventId: 'x',
    type: 'ticket.message',
    payload: '{}',
    contactId: null,
  } as const;
  return { entry, committedAt: null };
}
function seqs(releases: { entry: { seq: number } }[]): number[] {
  return releases.map(({ entry }) => entry.seq);
}

describe('a cursor', () => {
  test('delivers the next, drops the smaller, holds the larger', () => {
    const cursor = new Cursor('e1', 5);
    expect(seqs(cursor.offer([release(6)], 0))).toEqual([6]);
    expect(seqs(cursor.offer([release(6), release(4)], 0))).toEqual([]);
    expect(seqs(cursor.offer([release(8)], 10))).toEqual([]);
    expect(cursor.heldSince).toBe(10);
    expect(seqs(cursor.offer([release(9)], 20))).toEqual([]);
    expect(cursor.heldSince).toBe(10);
    expect(seqs(cursor.offer([release(7)], 30))).toEqual([7, 8, 9]);
    expect(cursor.heldSince).toBeNull();
  });

  test('takes nothing of another epoch', () => {
    const cursor = new Cursor('e1', 5);
    expect(cursor.offer([release(6, 'e2')], 0)).toEqual([]);
    expect(cursor.seq).toBe(5);
  });

  test('forgets what it held when it starts again', () => {
    const cursor = new Cursor('e1', 0);
    cursor.offer([release(2)], 1);
    cursor.reset('e2', 0);
    expect(cursor.heldSince).toBeNull();
    expect(seqs(cursor.offer([release(1, 'e2')], 2))).toEqual([1]);
  });

  test('holds no more than its limit, and what was left out can come again', () => {
    const cursor = new Cursor('e1', 0);
    const late = Array.from({ length: MAX_HELD + 10 }, (_, index) => release(index + 2));
    cursor.offer(late, 0);
    expect(cursor.offer([release(1)], 0)).toHaveLength(MAX_HELD + 1);
    expect(seqs(cursor.offer(late, 0))).toHaveLength(10);
  });

  test('any order and any multiplicity gives each event once and in order', () => {
    const arrivals = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 200 });
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 0, max: 10 }), (order, start) => {
        const cursor = new Cursor('e1', start);
        const complete = [...order, ...Array.from({ length: 30 }, (_, index) => index + 1)];
        const out = complete.flatMap((seq) => seqs(cursor.offer([release(seq)], 0)));
        expect(out).toEqual(Array.from({ length: 30 - start }, (_, index) => start + 1 + index));
      }),
    );
  });
});
