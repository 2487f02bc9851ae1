// The bench's results as a table for the terminal and as docs/reports/benchmarks.md.
import { METHOD } from './method.js';
import { rowsOf } from './results.js';
import type { Results } from './results.js';
import { TARGETS, verdictOf } from './targets.js';
import type { Row } from './targets.js';

const HEAD = ['target', 'what', 'measured', 'target', 'gate', 'verdict', 'figures'];

/** The table with its columns aligned. */
export function toText(rows: Row[]): string {
  const lines = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The whole report in Markdown: the last run of every part. */
export function toMarkdown(results: Results): string {
  const runs = Object.entries(results).map(([part, { date, commit, rounds, seconds, load }]) => [
    part,
    date,
    commit,
    `${rounds} × ${seconds} s`,
    load.toFixed(1),
  ]);
  const machines = new Set(Object.values(results).map(({ machine, software }) => `- ${machine}; ${software}`));
  return `# Benchmarks

Written by \`npm run bench\` from benchmarks.json, which it also writes; do not edit.

${[...machines].join('\n')}

${METHOD}

${table(HEAD, rowsOf(results).map(cellsOf))}

## When each part was measured

A load average above 0.5 in the minute before a run began means that somebody else used the machine; within one run the later parts
see the load of the earlier ones, so they all show the value of its beginning.

${table(['part', 'date', 'commit', 'rounds', 'load average'], runs)}
`;
}

function table(head: string[], lines: string[][]): string {
  return [head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

function cellsOf(row: Row): string[] {
  const goal = row.target === null ? null : TARGETS[row.target];
  const bound = (value: number) =>
    goal && Number.isFinite(value) ? `${goal.more ? '≥' : '≤'} ${value.toLocaleString('en')}` : '';
  return [
    goal ? String(goal.number) : '',
    row.what,
    Number.isNaN(row.value) ? '–' : `${spell(row.value)} ${row.unit}`,
    goal ? bound(goal.target) : '',
    goal ? bound(goal.gate) : '',
    verdictOf(row),
    row.figures,
  ];
}

/** Three digits that matter. */
function spell(value: number): string {
  if (value === 0) return '0';
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
