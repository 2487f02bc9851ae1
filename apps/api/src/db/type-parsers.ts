// How column values become JavaScript values, where node-postgres' own choice does not suit.
import { types } from 'pg';
import type { CustomTypesConfig } from 'pg';

const PARSERS = new Map<number, (text: string) => unknown>([
  [20, Number],
  [1016, parseNumbers],
  [1082, String],
  [1182, parseTexts],
]);
const TEXT_ARRAY = 1009;
const parserOf: (oid: number, format?: 'text' | 'binary') => (text: string) => unknown = types.getTypeParser;

/** int8 (20) → number (a seq stays far below 2^53), date (1082) → 'YYYY-MM-DD' (never a local midnight), their arrays alike; all else as node-postgres does. */
export const typeParsers: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : PARSERS.get(oid)) ?? parserOf(oid, format),
};

function parseTexts(text: string): (string | null)[] {
  return parserOf(TEXT_ARRAY)(text) as (string | null)[];
}

function parseNumbers(text: string): (number | null)[] {
  return parseTexts(text).map((value) => (value === null ? null : Number(value)));
}
