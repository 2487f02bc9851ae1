// Target 10: the embedded database behind the same webhook, and how fast it comes back after a kill.
import type { Loader } from './loader-process.js';
import { measure, report, warmUp } from './measure.js';
import type { Measured } from './measure.js';
import type { Options } from './options.js';
import { readRssMb, startServer } from './processes.js';
import { longestStallMs, readMetrics } from './service-metrics.js';
import { median } from './statistics.js';
import { countLedger, serviceArgs, startEmbedded } from './systems.js';
import { against } from './targets.js';
import type { Row } from './targets.js';

/** Runs the part; it needs no PostgreSQL. Throws when a kill loses what was stored. */
export async function embeddedPart(loader: Loader, options: Options): Promise<Row[]> {
  await using recado = await startEmbedded(options.profile);
  const { port, pid, startMs } = recado.process;
  report(`embedded: first start ${(startMs / 1000).toFixed(1)} s`);
  await warmUp(loader, recado);
  await readMetrics(port);
  const rounds: Measured[] = [];
  const stalls: number[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const measured = await measure(loader, recado, { connections: 50, seconds: options.seconds });
    const stall = longestStallMs(await readMetrics(port));
    rounds.push(measured);
    stalls.push(stall);
    report(
      `embedded, 50 connections, round ${round}: ${measured.perSecond.toFixed(0)}/s, stalled ${stall.toFixed(0)} ms, process ${measured.appMicros.toFixed(0)} µs`,
    );
  }
  const memory = readRssMb(pid);
  const stored = await countLedger(port);
  await recado.process.stop('SIGKILL');
  const reopened: number[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const again = await startServer(serviceArgs(), recado.env);
    try {
      const found = await countLedger(again.port);
      if (found !== stored) throw new Error(`${stored} were stored before the kill, ${found} are there after it`);
      reopened.push(again.startMs / 1000);
      report(`embedded, reopened ${round}: ${(again.startMs / 1000).toFixed(2)} s`);
    } finally {
      await again.stop('SIGKILL');
    }
  }
  const mid = (pick: (measured: Measured) => number) => median(rounds.map(pick)).toFixed(1);
  const answers = `p50/p99 ${mid(({ answer }) => answer.p50)}/${mid(({ answer }) => answer.p99)} ms`;
  return [
    against(
      'embedded-rate',
      median(rounds.map(({ perSecond }) => perSecond)),
      `${answers}, ${mid(({ appMicros }) => appMicros)} µs of the whole process`,
    ),
    against(
      'embedded-stall',
      Math.max(...stalls),
      `the worst of ${stalls.length}; median ${median(stalls).toFixed(0)} ms`,
    ),
    against('embedded-memory', memory, `after ${stored} messages, in the process that made the database`),
    against(
      'embedded-reopen',
      median(reopened),
      `${stored} messages, all there after each of ${reopened.length} kills`,
    ),
    {
      target: null,
      what: 'embedded database, first start',
      value: startMs / 1000,
      unit: 's',
      figures: 'makes the database',
    },
  ];
}
