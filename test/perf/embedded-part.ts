// Target 10: the embedded database behind the same webhook, and how fast it comes back after a kill.
import { killRepeatedly } from './embedded-kills.js';
import type { Loader } from './loader-process.js';
import { measure, report, warmUp } from './measure.js';
import type { Measured } from './measure.js';
import type { Options } from './options.js';
import { readRssMb } from './processes.js';
import { longestStallMs, readMetrics } from './service-metrics.js';
import { median } from './statistics.js';
import { countLedger, startEmbedded } from './systems.js';
import { against } from './targets.js';
import type { Row } from './targets.js';

/** Runs the part; it needs no PostgreSQL. The service is killed at its end. */
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
  const kills = await killRepeatedly(loader, recado);
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
      'embedded-lost',
      kills.lost,
      `${kills.acknowledged} acknowledged before ${kills.reopened.length} kills, at least ${kills.leastAcknowledged} before each`,
    ),
    against(
      'embedded-reopen',
      median(kills.reopened),
      `worst ${Math.max(...kills.reopened).toFixed(2)} s of ${kills.reopened.length}, with ${kills.stored} messages at the end`,
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
