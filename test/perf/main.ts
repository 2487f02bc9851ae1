// `npm run bench`: measures the built service against its yardsticks and its targets. Exit codes: 0 done, 1 failed or below a gate (`--gate`).
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { embeddedPart } from './embedded-part.js';
import { fanOutPart } from './fan-out-part.js';
import { fiveMillionPart } from './five-million-part.js';
import { idleSocketsPart } from './idle-sockets-part.js';
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
import { formatResults, parseResults, withPart } from './results.js';
import type { PartResult } from './results.js';
import { secondNodePart } from './second-node-part.js';
import { slowFlushPart } from './slow-flush-part.js';
import { startUpPart } from './start-up-part.js';
import { failsGate } from './targets.js';
import type { Row } from './targets.js';
import { twoProcessesPart } from './two-processes-part.js';

const REPORTS = resolve(import.meta.dirname, '../../../docs/reports');
const REPORT = resolve(REPORTS, 'benchmarks.md');
const RESULTS = resolve(REPORTS, 'benchmarks.json');

const RUN: Record<Part, (loader: Loader, options: Options, stop: AbortSignal) => Promise<Row[]>> = {
  ingest: ingestPart,
  latency: latencyPart,
  'second-node': secondNodePart,
  'slow-flush': slowFlushPart,
  'fan-out': (_loader, options, stop) => fanOutPart(options, stop),
  'idle-sockets': (_loader, _options, stop) => idleSocketsPart(stop),
  embedded: embeddedPart,
  'two-processes': twoProcessesPart,
  'start-up': (_loader, options) => startUpPart(options),
  'five-million': fiveMillionPart,
};

try {
  await bench(readOptions(process.argv.slice(2)));
} catch (error) {
  report(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
}

async function bench(options: Options): Promise<void> {
  const { parts, rounds, seconds } = options;
  const postgres = parts.some((part) => part !== 'embedded') ? await serverVersion() : null;
  const circumstances = { ...describeMachine(postgres), rounds, seconds };
  await using loader = startLoader();
  const stopping = new AbortController();
  stopping.signal.addEventListener('abort', () => loader.stop());
  // The measurement under way fails, and everything that was started ends on the way out. A terminal's signal may come twice, by way of npm.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
  const all: Row[] = [];
  for (const part of parts) {
    stopping.signal.throwIfAborted();
    const rows = await RUN[part](loader, options, stopping.signal);
    all.push(...rows);
    // A profiled service is slower: its figures are for this terminal only.
    if (!options.dry && options.profile === undefined) await keep(part, { ...circumstances, rows });
  }
  process.stdout.write(`${circumstances.commit}, ${circumstances.machine}\n\n${toText(all)}\n`);
  if (options.gate && all.some(failsGate)) process.exitCode = 1;
}

/** Puts a part's rows into the report at once: a later part that fails does not take them along. */
async function keep(part: Part, result: PartResult): Promise<void> {
  await mkdir(REPORTS, { recursive: true });
  const results = withPart(parseResults(await readIfThere(RESULTS)), part, result);
  await writeFile(RESULTS, formatResults(results));
  await writeFile(REPORT, toMarkdown(results));
  report(`${part}: written to ${REPORT}`);
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
