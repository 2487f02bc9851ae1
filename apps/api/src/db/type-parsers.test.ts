// Instants as PostgreSQL writes them, read as node-postgres would.
import { types } from 'pg';
import { describe, expect, test } from 'vitest';
import { typeParsers } from './type-parsers.js';

const TIMESTAMPTZ = 1184;
const ours = typeParsers.getTypeParser(TIMESTAMPTZ, 'text') as (text: string) => unknown;
const theirs = types.getTypeParser(TIMESTAMPTZ) as (text: string) => unknown;

describe('an instant', () => {
  test.each([
    '2024-05-02 13:05:00+00',
    '2024-05-02 13:05:00.1+00',
    '2024-05-02 13:05:00.12+00',
    '2024-02-29 23:59:59.123+00',
    '2024-05-02 13:05:00.123456+00',
    '2024-05-02 13:05:00.12-03',
    '2024-05-02 13:05:00+05:30',
    '1999-12-31 23:59:59.999+00',
    '0044-03-15 12:00:00+00',
    '0044-03-15 12:00:00+00 BC',
    '12024-05-02 13:05:00+00',
    'infinity',
    '-infinity',
  ])('%s is what node-postgres makes of it', (text) => expect(ours(text)).toEqual(theirs(text)));
});
