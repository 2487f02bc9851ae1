import { expect, test } from 'vitest';
import { formatResults, parseResults, rowsOf, withPart } from './results.js';
import type { PartResult } from './results.js';
import { against } from './targets.js';

const run = (commit: string, ...values: number[]): PartResult => ({
  date: '2026-01-02',
  commit,
  machine: '2 cores',
  software: 'Node 20',
  load: 0.1,
  rounds: 3,
  seconds: 4,
  rows: values.map((value) => against('ingest-50', value, '')),
});

test('a part that runs alone replaces its own rows and keeps those of the others', () => {
  const both = withPart(withPart({}, 'latency', run('a', 1)), 'ingest', run('a', 2, 3));
  const again = withPart(both, 'ingest', run('b', 4));
  expect(rowsOf(again).map(({ value }) => value)).toEqual([4, 1]);
  expect(again.latency?.commit).toBe('a');
});

test('results are read back as they were written, what was not measured included', () => {
  const results = withPart({}, 'ingest', run('a', NaN, 2));
  expect(parseResults(formatResults(results))).toEqual(results);
});

test('nothing is kept before the first run, and a file that is something else is refused', () => {
  expect(parseResults(null)).toEqual({});
  expect(() => parseResults('{"ingest": {"rows": 7}}')).toThrow(/rows/);
});
