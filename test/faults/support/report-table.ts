// The reliability report as text: one row for each experiment and database, failed and skipped ones included.
import type { FaultRow } from './figures.js';

/** One test as it ended. `row` is what it noted; null when it ended before. */
export interface Finding {
  name: string;
  state: 'passed' | 'failed' | 'skipped' | 'pending';
  /** The project it ran in. */
  database: string;
  row: FaultRow | null;
}

const DATABASES = ['embedded', 'PostgreSQL'];
const HEAD = ['#', 'database', 'load → fault', 'holds', 'figures'];
const HOLDS = { passed: 'yes', failed: '**no**', skipped: 'skipped', pending: '**did not end**' };

/** What of the full set did not run, as `file on database`. */
export function missingFrom(ran: readonly { file: string; database: string }[], files: readonly string[]): string[] {
  return files.flatMap((file) =>
    DATABASES.filter((database) => !ran.some((one) => one.file === file && one.database === database)).map(
      (database) => `${file} on ${database}`,
    ),
  );
}

/** The whole report. A test that is skipped on one database and ran on the other does not apply there and is left out. */
export function toMarkdown(findings: readonly Finding[], machine: readonly string[]): string {
  const ranSomewhere = new Set(findings.filter(({ state }) => state !== 'skipped').map(({ name }) => name));
  const shown = findings
    .filter(({ name, state }) => state !== 'skipped' || !ranSomewhere.has(name))
    .toSorted(byExperiment);
  const failed = shown.filter(({ state }) => state === 'failed' || state === 'pending').length;
  const table = [HEAD, HEAD.map(() => '---'), ...shown.map(cellsOf)].map((cells) => `| ${cells.join(' | ')} |`);
  return `# Reliability

Written by \`npm run test:faults\`; do not edit.

${machine.map((line) => `- ${line}`).join('\n')}

${failed === 0 ? 'Every experiment holds.' : `${failed} of ${shown.length} experiments do not hold.`} Each runs against the built service, most of them as
processes of their own that are really killed. "Lost" is acknowledged and not stored; "duplicated" is stored or told twice; "gap" is a number
missing at a screen that was told nothing is. An experiment without a number is asked for beside the numbered ones.

${table.join('\n')}
`;
}

function byExperiment(a: Finding, b: Finding): number {
  const number = ({ row }: Finding) => row?.experiment ?? Infinity;
  return number(a) - number(b) || 0;
}

function cellsOf({ name, state, database, row }: Finding): string[] {
  return [row?.experiment?.toString() ?? '', database, row?.what ?? name, HOLDS[state], row ? figuresOf(row) : ''].map(
    (cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' '),
  );
}

/** The figures in one line. */
export function figuresOf({ figures }: FaultRow): string {
  return Object.entries(figures)
    .map(([what, figure]) => `${what} ${spell(figure)}`)
    .join(', ');
}

function spell(figure: number | string): string {
  if (typeof figure === 'string') return figure;
  return Number.isInteger(figure) || figure >= 100 ? Math.round(figure).toLocaleString('en') : figure.toPrecision(3);
}
