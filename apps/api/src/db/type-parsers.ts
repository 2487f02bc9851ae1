// How column values become JavaScript values, where node-postgres' own choice does not suit.
import { types } from 'pg';
import type { CustomTypesConfig } from 'pg';

const TIMESTAMPTZ = 1184;
const PARSERS = new Map<number, (text: string) => unknown>([
  [20, Number],
  [TIMESTAMPTZ, parseInstant],
  [1016, parseNumbers],
  [1082, String],
  [1182, parseTexts],
]);
const TEXT_ARRAY = 1009;
const DASH = 45;
const ZERO = 48;
const parserOf: (oid: number, format?: 'text' | 'binary') => (text: string) => unknown = types.getTypeParser;

/** `2024-05-02 13:05:00.12+00`, as a server in UTC writes it: seven instants a ticket, so digit by digit. All else goes to node-postgres. */
function parseInstant(text: string): unknown {
  const end = text.length - 3;
  const fraction = end - 20;
  // Date.UTC takes the years before 100 for those of the last century.
  const isPlain =
    text.charCodeAt(0) !== ZERO &&
    text.charCodeAt(4) === DASH &&
    text.endsWith('+00') &&
    (end === 19 || (fraction > 0 && fraction <= 3));
  if (!isPlain) return parserOf(TIMESTAMPTZ)(text);
  const ms = fraction > 0 ? Number(text.slice(20, end)) * 10 ** (3 - fraction) : 0;
  const [year, month] = [two(text, 0) * 100 + two(text, 2), two(text, 5) - 1];
  return new Date(Date.UTC(year, month, two(text, 8), two(text, 11), two(text, 14), two(text, 17), ms));
}

function two(text: string, at: number): number {
  return (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;
}

/** int8 (20) → number (a seq stays far below 2^53), timestamptz (1184) → Date, date (1082) → 'YYYY-MM-DD' (never a local midnight), their arrays alike; all else as node-postgres does. */
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
