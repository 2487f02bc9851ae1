// What the reliability report shows, what a run replaces in it, and when it must not be written.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { afterRun, formatEntries, missingFrom, parseEntries } from './report-entries.js';
import type { Entry } from './report-entries.js';
import { isWorthKeeping, updateReport } from './report-files.js';
import { toMarkdown } from './report-table.js';

function entry(of: Partial<Entry> = {}): Entry {
  return {
    file: 'a.fault.ts',
    test: 'nothing is lost',
    database: 'embedded',
    experiment: 3,
    what: 'load → fault',
    holds: 'yes',
    figures: { lost: 0, 'answered within ms': 1234.5, seed: 'a|b' },
    date: '2026-01-02',
    commit: 'abc1234',
    load: 0.1,
    machine: '2 cores',
    software: 'Node 20',
    ...of,
  };
}
const FILES = ['a.fault.ts', 'b.fault.ts'];
const onBoth = (of: Partial<Entry>) => [entry(of), entry({ ...of, database: 'PostgreSQL' })];
const full = FILES.flatMap((file) => onBoth({ file }));
const rowsOf = (entries: Entry[]) =>
  toMarkdown(entries, [])
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);

test('a row shows the experiment, the database, what was done, whether it holds, the figures, and when and on what it was measured', () => {
  expect(rowsOf([entry()])).toEqual([
    '| 3 | embedded | load → fault | yes | lost 0, answered within ms 1,235, seed a\\|b | 2026-01-02, abc1234, 0.1 |',
  ]);
});

test('the machines stand above the table, each once', () => {
  const report = toMarkdown([entry(), entry(), entry({ machine: '8 cores' })], []);
  expect(report).toContain('\n\n- 2 cores; Node 20\n- 8 cores; Node 20\n\n');
});

test('every experiment holds only when none failed, none was skipped everywhere and none is missing', () => {
  const holds = 'Every experiment holds.';
  expect(toMarkdown(full, [])).toContain(holds);
  const failed = toMarkdown([...full, entry({ holds: 'no' })], []);
  expect(failed).toContain('1 of 5 experiments do not hold.');
  expect(failed).toContain('| load → fault | **no** | lost 0');
  const unended = toMarkdown([entry({ holds: 'did not end' })], []);
  expect(unended).toContain('1 of 1 experiments do not hold.');
  const skipped = toMarkdown([...full, ...onBoth({ test: 'other', holds: 'skipped' })], []);
  expect(skipped).toContain('2 of 6 experiments were skipped.');
  const missing = toMarkdown(full, ['c.fault.ts on embedded']);
  expect(missing).toContain('Missing: c.fault.ts on embedded.');
  for (const report of [failed, unended, skipped, missing]) expect(report).not.toContain(holds);
});

test('an experiment that broke before it noted anything is shown by its name', () => {
  const broken = entry({ holds: 'no', experiment: null, what: null, figures: {} });
  expect(rowsOf([broken])).toEqual(['|  | embedded | nothing is lost | **no** |  | 2026-01-02, abc1234, 0.1 |']);
});

test('a figure that could not be measured is a dash, before and after it was written', () => {
  const entries = [entry({ figures: { ms: Infinity } })];
  expect(rowsOf(entries)[0]).toContain('| ms – |');
  expect(rowsOf(parseEntries(formatEntries(entries)))[0]).toContain('| ms – |');
});

test('an experiment skipped on both databases is shown as skipped; skipped on one only, it does not apply there', () => {
  expect(rowsOf(onBoth({ holds: 'skipped' }))).toHaveLength(2);
  expect(rowsOf([entry({ holds: 'skipped' }), entry({ database: 'PostgreSQL' })])).toEqual([
    expect.stringContaining('| PostgreSQL | load → fault | yes |'),
  ]);
  // The same words in another file are another experiment.
  expect(rowsOf([entry({ holds: 'skipped' }), entry({ file: 'b.fault.ts' })])).toHaveLength(2);
});

test('a run of some files replaces all of theirs on the databases it ran on, and nothing else', () => {
  const before = [...full, entry({ test: 'its old name' })];
  const found = [entry({ commit: 'def5678', test: 'its new name' })];
  const after = afterRun({ before, ran: [{ file: 'a.fault.ts', database: 'embedded' }], found, files: FILES });
  expect(after).toEqual([...found, ...full.slice(1)]);
});

test('what a file that is gone has found is dropped', () => {
  expect(afterRun({ before: full, ran: [], found: [], files: ['b.fault.ts'] })).toEqual(full.slice(2));
});

test('rows stand in the order of the experiments, those without a number last', () => {
  const found = [null, 13, 3].map((experiment) => entry({ experiment }));
  expect(afterRun({ before: [], ran: [], found, files: FILES }).map(({ experiment }) => experiment)).toEqual([
    3,
    13,
    null,
  ]);
});

test('what has no entry on one of the databases is missing', () => {
  expect(missingFrom(full, FILES)).toEqual([]);
  expect(missingFrom(full.slice(1), FILES)).toEqual(['a.fault.ts on embedded']);
  expect(missingFrom(full, [...FILES, 'c'])).toEqual(['c on embedded', 'c on PostgreSQL']);
});

test('neither the fast size nor an interrupted run nor one of a pattern is kept', () => {
  const run = { writes: true, reason: 'failed', hasPattern: false } as const;
  expect(isWorthKeeping(run)).toBe(true);
  expect(isWorthKeeping({ ...run, writes: false })).toBe(false);
  expect(isWorthKeeping({ ...run, reason: 'interrupted' })).toBe(false);
  expect(isWorthKeeping({ ...run, hasPattern: true })).toBe(false);
});

test('the files grow run by run, and the report says what is missing until everything ran', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'recado-report-'));
  const read = (name: string) => readFile(join(dir, name), 'utf8');
  try {
    await updateReport({ dir, ran: full.slice(0, 2), found: full.slice(0, 2), files: FILES });
    expect(await read('reliability.md')).toContain('Missing: b.fault.ts on embedded, b.fault.ts on PostgreSQL.');
    await updateReport({ dir, ran: full.slice(2), found: full.slice(2), files: FILES });
    expect(parseEntries(await read('reliability.json'))).toEqual(full);
    expect(await read('reliability.md')).toContain('Every experiment holds.');
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
