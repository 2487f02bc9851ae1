// `npm run bench`: measures the built service against its yardsticks and its targets. Exit codes: 0 done, 1 failed or below a gate (`--gate`).
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { embeddedPart } from './embedded-part.js';
import { ingestPart } from './ingest-part.js';
import { latencyPart } from './latency-part.js';
import { startLoader } from './loader-process.js';
import type { Loader } from './loader-process.js';
import { describeMachine } from './machine.js';
import { report } from './measure.js';
import { readOptions } from './options.js';
import type { Options, Part } from './options.js';
import { serverVersion } from './postgres.js';
import { toMarkdown, toText } from './report.js';
import { startUpPart } from './start-up-part.js';
import { verdictOf } from './targets.js';
import type { Row } from './targets.js';

const REPORT = resolve(import.meta.dirname, '../../../docs/reports/benchmarks.md');

const RUN: Record<Part, (loader: Loader, options: Options) => Promise<Row[]>> = {
  ingest: ingestPart,
  latency: latencyPart,
  embedded: embeddedPart,
  'start-up': (_loader, options) => startUpPart(options),
};

try {
  await bench(readOptions(process.argv.slice(2)));
} catch (error) {
  report(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
}

async function bench(options: Options): Promise<void> {
  const postgres = options.only.some((part) => part !== 'embedded') ? await serverVersion() : null;
  const machine = describeMachine(postgres);
  await using loader = startLoader();
  // The measurement under way fails, and everything that was started ends on the way out.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => loader.stop());
  const rows: Row[] = [];
  for (const part of options.only) rows.push(...(await RUN[part](loader, options)));
  process.stdout.write(`${machine.join('\n')}\n\n${toText(rows)}\n`);
  // A part alone would leave a report without the rest.
  if (options.isWhole) {
    await mkdir(dirname(REPORT), { recursive: true });
    await writeFile(REPORT, toMarkdown(rows, machine, options));
    report(`written to ${REPORT}`);
  }
  if (options.gate && rows.some((row) => verdictOf(row) === 'below gate')) process.exitCode = 1;
}
