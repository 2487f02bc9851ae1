// What the reliability report shows, and when it must not be written.
import { expect, test } from 'vitest';
import { missingFrom, toMarkdown } from './report-table.js';
import type { Finding } from './report-table.js';

function finding(of: Partial<Finding> & { experiment?: number | null } = {}): Finding {
  const { experiment = 3, database = 'embedded', ...rest } = of;
  const figures = { lost: 0, 'answered within ms': 1234.5, seed: 'a|b' };
  const row = { experiment, database: 'embedded' as const, what: 'load → fault', figures };
  return { name: 'nothing is lost', state: 'passed', database, row, ...rest };
}

const rowsOf = (findings: Finding[]) =>
  toMarkdown(findings, ['Date: today'])
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);

test('a row shows the experiment, the database, what was done, whether it holds, and the figures', () => {
  expect(rowsOf([finding()])).toEqual([
    '| 3 | embedded | load → fault | yes | lost 0, answered within ms 1,235, seed a\\|b |',
  ]);
});

test('the machine stands above the table', () => {
  expect(toMarkdown([finding()], ['Date: today', 'Commit: abc'])).toContain('- Date: today\n- Commit: abc\n');
});

test('an experiment that failed is shown as failed with its figures, and counted above the table', () => {
  const report = toMarkdown([finding({ state: 'failed' }), finding()], []);
  expect(report).toContain('| load → fault | **no** | lost 0');
  expect(report).toContain('1 of 2 experiments do not hold');
  expect(report).not.toContain('Every experiment holds');
});

test('an experiment that broke before it noted anything is shown by its name', () => {
  expect(rowsOf([finding({ state: 'failed', row: null })])).toEqual(['|  | embedded | nothing is lost | **no** |  |']);
});

test('an experiment skipped everywhere is shown as skipped; skipped on one database only, it does not apply there', () => {
  const skipped = { state: 'skipped' as const, row: null };
  expect(rowsOf([finding(skipped), finding({ ...skipped, database: 'PostgreSQL' })])).toHaveLength(2);
  expect(rowsOf([finding(skipped), finding({ database: 'PostgreSQL' })])).toEqual([
    expect.stringContaining('| PostgreSQL | load → fault | yes |'),
  ]);
});

test('rows stand in the order of the experiments, those without a number last', () => {
  const numbers = rowsOf([null, 13, 3].map((experiment) => finding({ experiment }))).map((row) => row.split(' | ')[0]);
  expect(numbers).toEqual(['| 3', '| 13', '| ']);
});

test('a run without one experiment on one database is not the full set', () => {
  const ran = ['a', 'b'].flatMap((file) => ['embedded', 'PostgreSQL'].map((database) => ({ file, database })));
  expect(missingFrom(ran, ['a', 'b'])).toEqual([]);
  expect(missingFrom(ran.slice(1), ['a', 'b'])).toEqual(['a on embedded']);
  expect(missingFrom(ran, ['a', 'b', 'c'])).toEqual(['c on embedded', 'c on PostgreSQL']);
});
