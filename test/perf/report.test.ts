import { expect, test } from 'vitest';
import { toMarkdown, toText } from './report.js';
import { against } from './targets.js';
import type { Row } from './targets.js';

const circumstances = {
  date: '2026-01-02',
  machine: '2 cores',
  software: 'Node 20',
  load: 0.04,
  rounds: 3,
  seconds: 4,
};

test('every row has its target, gate and verdict', () => {
  const markdown = toMarkdown({ latency: { ...circumstances, commit: 'abc', rows: [against('screen-500', 12, 'x')] } });
  expect(markdown).toContain('| 3 | webhook→socket p99 at 500/s | 12.0 ms | ≤ 10 | ≤ 15 | below target | x |');
});

test('each part says when and of which commit it was measured', () => {
  const markdown = toMarkdown({
    ingest: { ...circumstances, commit: 'abc', rows: [] },
    embedded: { ...circumstances, commit: 'def', rows: [], rounds: 1 },
  });
  expect(markdown).toContain('| ingest | 2026-01-02 | abc | 3 × 4 s | 0.0 |');
  expect(markdown).toContain('| embedded | 2026-01-02 | def | 1 × 4 s | 0.0 |');
  expect(markdown.match(/^- 2 cores; Node 20$/gm)).toHaveLength(1);
});

test('nothing counted is 0, not three digits of it, and a missing value is a dash', () => {
  const row = (value: number): Row => ({ target: null, what: 'w', value, unit: 'ms', figures: '' });
  expect(toText([row(0)])).toContain('0 ms');
  expect(toText([row(0)])).not.toContain('0.0');
  expect(toText([row(NaN)])).toContain('–');
});
