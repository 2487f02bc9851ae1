// The spellings of an instant, by table and by property.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseTimestamp, numberOfLong } from './timestamps.js';

const EXPECTED = '2024-05-02T13:05:00.000Z';
const SPELLINGS: [string, unknown][] = [
  ['ISO with Z', '2024-05-02T13:05:00.000Z'],
  ['ISO without milliseconds', '2024-05-02T13:05:00Z'],
  ['ISO without seconds', '2024-05-02T13:05Z'],
  ['ISO with an offset', '2024-05-02T10:05:00-03:00'],
  ['ISO with an offset without colon', '2024-05-02T15:05:00.000+0200'],
  ['ISO with an offset of hours', '2024-05-02T15:05:00+02'],
  ['ISO without an offset is UTC', '2024-05-02T13:05:00'],
  ['a space between date and time', '2024-05-02 13:05:00.000'],
  ['microseconds are cut off', '2024-05-02T13:05:00.000999Z'],
  ['epoch seconds', 1714655100],
  ['epoch milliseconds', 1714655100000],
  ['epoch microseconds', 1714655100000000],
  ['epoch nanoseconds', 1714655100000000000],
  ['bigint nanoseconds', 1714655100000000000n],
  ['numeric string of seconds', '1714655100'],
  ['numeric string with spaces', ' 1714655100 '],
  ['numeric string of milliseconds', '1714655100000'],
  ['float of seconds', 1714655100.0004],
  ['float string', '1714655100.0'],
  ['exponent', '1.7146551e9'],
  ['Long of seconds', { low: 1714655100, high: 0, unsigned: true }],
  ['Date', new Date(EXPECTED)],
];
const NONSENSE: [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['empty text', ''],
  ['a word', 'NaN'],
  ['NaN', Number.NaN],
  ['infinite', Number.POSITIVE_INFINITY],
  ['zero', 0],
  ['zero text', '0'],
  ['negative', -1714655100],
  ['before 2009', '2008-12-31T23:59:59.999Z'],
  ['before 2009 in seconds', 1230767999],
  ['30 February', '2024-02-30'],
  ['30 February in the common spelling', '2024-02-30T00:00:00.000Z'],
  ['month 13', '2024-13-01T00:00:00Z'],
  ['hour 25', '2024-05-02T25:00:00Z'],
  ['invalid Date', new Date(Number.NaN)],
  ['beyond the calendar', 1e30],
  ['boolean', true],
  ['array', [1714655100]],
  ['half a Long', { low: 1 }],
  ['very long text', '1'.repeat(100_000)],
];

describe('timestamps are read in every spelling and normalised to ISO UTC', () => {
  test.each(SPELLINGS)('%s', (_, raw) => expect(normaliseTimestamp(raw)).toBe(EXPECTED));
  test('a date alone is its first instant', () => {
    expect(normaliseTimestamp('2024-05-02')).toBe('2024-05-02T00:00:00.000Z');
  });
  test('a Long with a negative low keeps its milliseconds', () => {
    const long = { low: -986918277, high: 399, unsigned: false };
    expect(numberOfLong(long)).toBe(1717000000123);
    expect(normaliseTimestamp(long)).toBe('2024-05-29T16:26:40.123Z');
  });
  test('the first instant of 2009 is the earliest that makes sense', () => {
    expect(normaliseTimestamp('2009-01-01T00:00:00.000Z')).toBe('2009-01-01T00:00:00.000Z');
  });
});

describe('nonsense, zero and pre-2009 are null', () => {
  test.each(NONSENSE)('%s', (_, raw) => expect(normaliseTimestamp(raw)).toBeNull());
});

const instants = fc.integer({ min: Date.UTC(2009, 0, 1), max: Date.UTC(2100, 0, 1) });

describe('properties', () => {
  test('every spelling of one instant gives one answer', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: -14 * 60, max: 14 * 60 }), (ms, offset) => {
        const iso = new Date(ms).toISOString();
        const shifted = new Date(ms + offset * 60_000).toISOString().slice(0, -1);
        const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0');
        const minutes = String(Math.abs(offset) % 60).padStart(2, '0');
        const long = { low: ms | 0, high: Math.floor(ms / 2 ** 32), unsigned: false };
        for (const spelling of [
          iso,
          iso.slice(0, -1),
          `${shifted}${offset < 0 ? '-' : '+'}${hours}:${minutes}`,
          ms / 1000,
          String(ms / 1000),
          ms,
          String(ms),
          ms * 1000,
          ms * 1_000_000,
          `${ms}000000`,
          long,
          { ...long, unsigned: true },
          new Date(ms),
        ]) {
          expect(normaliseTimestamp(spelling)).toBe(iso);
        }
      }),
    );
  });
  test('it never throws, and answers null or a canonical instant', () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        const iso = normaliseTimestamp(raw);
        expect(iso === null || new Date(iso).toISOString() === iso).toBe(true);
      }),
    );
  });
  test('normalising twice changes nothing', () => {
    fc.assert(
      fc.property(fc.double(), (raw) => {
        const once = normaliseTimestamp(raw);
        expect(normaliseTimestamp(once)).toBe(once);
      }),
    );
  });
});
