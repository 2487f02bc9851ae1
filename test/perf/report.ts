// The bench's results as a table for the terminal and as docs/reports/benchmarks.md.
import type { Options } from './options.js';
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

/** The whole report in Markdown. */
export function toMarkdown(rows: Row[], machine: string[], { rounds, seconds }: Options): string {
  const table = [HEAD, HEAD.map(() => '---'), ...rows.map(cellsOf)].map((line) => `| ${line.join(' | ')} |`);
  return `# Benchmarks

Written by \`npm run bench\`; do not edit.

${machine.map((line) => `- ${line}`).join('\n')}
- ${rounds} interleaved rounds of ${seconds} s each (latencies half as long); medians; a ratio is the median of the ratios of neighbouring rounds

Service, yardsticks, database and loader share the cores of one machine, so absolute figures swing by a third from run to run and
say little about another machine; ratios to the yardsticks and CPU per event are what to compare. Events are rows counted in
the database, and a run fails when more was acknowledged than is stored. Load: signed canonical webhooks of 1.2 KB over
keep-alive connections, 2,000 contacts seen before; PostgreSQL analysed before measuring, with durability as it is configured.
The naive peer (\`test/perf/naive-peer.ts\`: stock Express and pg, one transaction of plain statements per request) writes the
same rows to the same tables; the no-op (\`test/perf/no-op.ts\`) is stock Express that parses and answers. CPU is what the operating
system charged to the service's process and to its PostgreSQL backends. Screens are connected where webhook→socket is measured only.

${table.join('\n')}
`;
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
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
