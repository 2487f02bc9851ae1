// Cursors come back as they went, and only ours do.
import { expect, test } from 'vitest';
import { IdPlaceSchema, NullablePlaceSchema, PlaceSchema, cutPage, decodeCursor, encodeCursor } from './cursor.js';

const id = '018f3c1e-0000-7000-8000-000000000001';
const at = new Date('2024-05-02T13:05:00.123Z');

test('a place survives its cursor', () => {
  expect(decodeCursor(PlaceSchema, encodeCursor([at, id]))).toEqual([at, id]);
  expect(decodeCursor(NullablePlaceSchema, encodeCursor([null, id]))).toEqual([null, id]);
  expect(decodeCursor(IdPlaceSchema, encodeCursor([id]))).toEqual([id]);
});

test.each(['', 'x', 'bnVsbA', encodeCursor([null, id]), encodeCursor([at, 'no-uuid']), encodeCursor([id])])(
  'what is not ours is CURSOR_INVALID: %j',
  (cursor) => {
    expect(() => decodeCursor(PlaceSchema, cursor)).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
  },
);

test('a next cursor is given only when there is more', () => {
  expect(cutPage([1, 2], 2, () => [id])).toEqual({ page: [1, 2], nextCursor: null });
  expect(cutPage([1, 2, 3], 2, (row) => [String(row)])).toEqual({ page: [1, 2], nextCursor: encodeCursor(['2']) });
  expect(cutPage([], 2, () => [id])).toEqual({ page: [], nextCursor: null });
});
