// The reliability report as text: one row for each experiment and database, failed and skipped ones included.
import type { Entry } from './report-entries.js';

const HEAD = ['#', 'database', 'load → fault', 'holds', 'figures', 'measured'];
const HOLDS = { yes: 'yes', no: '**no**', skipped: '**skipped**', 'did not end': '**did not end**' };

/** The whole report. A test that is skipped on one database and ran on the other does not apply there and is left out. */
export function toMarkdown(entries: readonly Entry[], missing: readonly string[]): string {
  const ranSomewhere = new Set(entries.filter(({ holds }) => holds !== 'skipped').map(nameOf));
  const shown = entries.filter((entry) => entry.holds !== 'skipped' || !ranSomewhere.has(nameOf(entry)));
  const machines = new Set(entries.map(({ machine, software }) => `- ${machine}; ${software}`));
  const table = [HEAD, HEAD.map(() => '---'), ...shown.map(cellsOf)].map((cells) => `| ${cells.join(' | ')} |`);
  return `# Reliability

Written by \`npm run test:faults\` from reliability.json, which it also writes; do not edit.

${[...machines].join('\n')}

${headline(shown, missing)} Each runs against the built service, most of them as
processes of their own that are really killed. "Lost" is acknowledged and not stored; "duplicated" is stored or told twice; "gap" is a number
missing at a screen that was told nothing is. An experiment without a number is asked for beside the numbered ones. "Measured" is the
day, the commit and the load average of the minute before the run: above 0.5 somebody else used the machine.

${table.join('\n')}
`;
}

/** Whether everything holds, and if not, how much does not and what was never run. */
function headline(shown: readonly Entry[], missing: readonly string[]): string {
  const skipped = shown.filter(({ holds }) => holds === 'skipped').length;
  const failed = shown.filter(({ holds }) => holds === 'no' || holds === 'did not end').length;
  const said = [
    failed > 0 && `${failed} of ${shown.length} experiments do not hold.`,
    skipped > 0 && `${skipped} of ${shown.length} experiments were skipped.`,
    missing.length > 0 && `Missing: ${missing.join(', ')}.`,
  ].filter((sentence) => sentence !== false);
  return said.length === 0 ? 'Every experiment holds.' : said.join(' ');
}

function nameOf({ file, test }: Entry): string {
  return `${file} ${test}`;
}

function cellsOf(entry: Entry): string[] {
  const { experiment, database, what, test, holds, figures, date, commit, load } = entry;
  const measured = `${date}, ${commit}, ${load.toFixed(1)}`;
  return [experiment?.toString() ?? '', database, what ?? test, HOLDS[holds], figuresOf(figures), measured].map(
    (cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' '),
  );
}

/** The figures in one line. */
export function figuresOf(figures: Entry['figures']): string {
  return Object.entries(figures)
    .map(([what, figure]) => `${what} ${spell(figure)}`)
    .join(', ');
}

function spell(figure: number | string | null): string {
  if (typeof figure === 'string') return figure;
  if (figure === null || !Number.isFinite(figure)) return '–';
  return Number.isInteger(figure) || figure >= 100 ? Math.round(figure).toLocaleString('en') : figure.toPrecision(3);
}
