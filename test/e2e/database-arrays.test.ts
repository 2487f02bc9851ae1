import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as arrays from '../../apps/api/dist/db/binary-arrays.js';
import type { Database } from '../../apps/api/dist/db/database.js';
import { silentLog } from '../../apps/api/dist/db/db-log.js';
import { openEmbedded } from '../../apps/api/dist/db/embedded/open-embedded.js';
import { openDatabase } from '../../apps/api/dist/db/open.js';
import { readSnapshot } from '../support/snapshot.js';
import { isOnPostgres } from '../support/on-postgres.js';
import { createTestDatabase } from '../support/postgres.js';
import type { TestDatabase } from '../support/postgres.js';

const DAY_MS = 86_400_000;

/** PostgreSQL keeps no NUL, and a lone surrogate is not UTF-8. */
const text = fc.string({ unit: 'grapheme', maxLength: 40 }).map((value) => value.replaceAll('\0', ''));
const moment = fc.date({ min: new Date('1900-01-01'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
const day = moment.map((date) => date.toISOString().slice(0, 10));
const json = fc.jsonValue().map((value) => JSON.stringify(value).replaceAll('\\u0000', ''));

function nullable<T>(value: fc.Arbitrary<T>): fc.Arbitrary<(T | null)[]> {
  return fc.array(fc.option(value, { nil: null }), { maxLength: 30 });
}

let target: TestDatabase | undefined;
const open: Partial<Record<Database['kind'], Database>> = {};
beforeAll(async () => {
  if (isOnPostgres) {
    target = await createTestDatabase();
    open.postgres = await openDatabase({ url: target.url, poolSize: 1 });
  }
  open.embedded = await openEmbedded({ snapshot: await readSnapshot(), log: silentLog });
});
afterAll(async () => {
  await open.postgres?.close();
  await open.embedded?.close();
  await target?.[Symbol.asyncDispose]();
});

describe.each([...(isOnPostgres ? (['postgres'] as const) : []), 'embedded'] as const)(
  'binary arrays on %s',
  (kind) => {
    async function roundTrip(type: string, parameter: Buffer): Promise<unknown> {
      const column = type === 'json[]' ? '$1::json[]::text[]' : `$1::${type}`;
      const { rows } = await open[kind]!.pool.query<{ value: unknown }>(`select ${column} as value`, [parameter]);
      return rows[0]?.value;
    }

    function property<T>(type: string, value: fc.Arbitrary<T>, encode: (values: (T | null)[]) => Buffer) {
      return fc.assert(
        fc.asyncProperty(nullable(value), async (values) => {
          expect(await roundTrip(type, encode(values))).toEqual(values);
        }),
        { numRuns: 40 },
      );
    }

    test('text[]', () => property('text[]', text, arrays.textArray));
    test('json[]', () => property('json[]', json, arrays.jsonArray));
    test('uuid[]', () => property('uuid[]', fc.uuid(), arrays.uuidArray));
    test('int4[]', () => property('int4[]', fc.integer(), arrays.int4Array));
    test('int8[]', () => property('int8[]', fc.maxSafeInteger(), arrays.int8Array));
    test('bool[]', () => property('bool[]', fc.boolean(), arrays.boolArray));
    test('date[]', () => property('date[]', day, arrays.dateArray));
    test('timestamptz[] of Dates', () => property('timestamptz[]', moment, arrays.timestamptzArray));
    test('bytea[]', () =>
      property(
        'bytea[]',
        fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
        arrays.byteaArray,
      ));

    test('timestamptz[] of epoch ms, to the microsecond', async () => {
      const parameter = arrays.timestamptzArray([1_714_655_100_123.456, null, 0]);
      const { rows } = await open[kind]!.pool.query(
        "select array(select to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') from unnest($1::timestamptz[]) as moments (at)) as value",
        [parameter],
      );
      expect(rows).toEqual([{ value: ['2024-05-02 13:05:00.123456', null, '1970-01-01 00:00:00.000000'] }]);
    });

    test('date[] of Dates is their UTC day', async () => {
      const late = new Date(Date.parse('2024-05-02') + DAY_MS - 1);
      expect(await roundTrip('date[]', arrays.dateArray([late]))).toEqual(['2024-05-02']);
    });
  },
);

describe('what cannot be encoded is refused before it is sent', () => {
  test.each([
    ['a uuid of the wrong shape', () => arrays.uuidArray(['no-uuid'])],
    ['a uuid with a letter beyond f', () => arrays.uuidArray(['0000000g-0000-7000-8000-000000000000'])],
    ['an int4 of 33 bits', () => arrays.int4Array([2 ** 32])],
    ['an int8 that is not exact', () => arrays.int8Array([2 ** 53])],
    ['an invalid Date', () => arrays.timestamptzArray([new Date(Number.NaN)])],
    ['a day that is none', () => arrays.dateArray(['2024-13-01'])],
  ])('%s', (_, encode) => {
    expect(encode).toThrow(RangeError);
  });
});
