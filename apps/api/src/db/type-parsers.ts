// How column values become JavaScript values, where node-postgres' own choice does not suit.
import pg from 'pg';
import type { CustomTypesConfig } from 'pg';

const { builtins, getTypeParser } = pg.types;
// Wider than the literals: node-postgres' list of types names no arrays.
const TEXT_ARRAY: number = 1009;
const INT8_ARRAY: number = 1016;
const DATE_ARRAY: number = 1182;

/** int8 → number (a seq stays far below 2^53), date → 'YYYY-MM-DD' (never a local midnight), their arrays alike; all else as node-postgres does. */
export const typeParsers: CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format === 'binary') return getTypeParser(oid, 'binary');
    switch (oid) {
      case builtins.INT8:
        return Number;
      case INT8_ARRAY:
        return parseNumbers;
      case builtins.DATE:
        return String;
      case DATE_ARRAY:
        return parseTexts;
      default:
        return getTypeParser(oid, format);
    }
  },
};

function parseTexts(text: string): (string | null)[] {
  return getTypeParser(TEXT_ARRAY, 'text')(text);
}

function parseNumbers(text: string): (number | null)[] {
  return parseTexts(text).map((value) => (value === null ? null : Number(value)));
}
