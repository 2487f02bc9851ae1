// Target 11, the rest of it: two processes on one database never deadlock, and following the log costs an idle database nothing.
import { setTimeout as wait } from 'node:timers/promises';
import type { Loader } from './loader-process.js';
import { measure, report } from './measure.js';
import type { Measured } from './measure.js';
import type { Options } from './options.js';
import { deadlocksOf, STATISTICS_AFTER_MS } from './postgres.js';
import { readCpu, startServer } from './processes.js';
import { openScreens } from './screens.js';
import { startStatementCounter } from './statement-counter.js';
import type { StatementCounter } from './statement-counter.js';
import { serviceArgs, startRecado } from './systems.js';
import type { PostgresService } from './systems.js';
import { median } from './statistics.js';
import { against } from './targets.js';
import type { Row } from './targets.js';

const IDLE_MS = 10_000;
/** Until what happens once, at the start or with the first screen, is over; two windows end before the jobs of the next minute. */
const SETTLE_MS = 3_000;

/** Runs the part on PostgreSQL; most of it is waiting. */
export async function twoProcessesPart(loader: Loader, options: Options): Promise<Row[]> {
  await using recado = await startRecado({ profile: options.profile });
  const deadlocks = await loadBoth(loader, recado, options);
  await using counter = await startStatementCounter(recado.database.url);
  await using third = await startServer(serviceArgs(), { ...recado.env, DATABASE_URL: counter.url });
  const alone = await idleWindow(recado, counter);
  const screens = await openScreens({ screenPort: third.port, screens: recado.screens });
  const watched = await idleWindow(recado, counter);
  await screens.finish();
  const perSecond = (statements: number) => (statements / IDLE_MS) * 1000;
  const spell = ({ statements, cpuMs }: Idle) =>
    `${perSecond(statements).toFixed(1)}/s and ${cpuMs.toFixed(0)} ms of CPU`;
  const figures = `in ${IDLE_MS / 1000} s with ${recado.screens.length} screens ${spell(watched)}, without ${spell(alone)}`;
  report(`idle: ${figures}`);
  return [
    against('deadlocks', deadlocks.found, deadlocks.figures),
    against('idle-tail', Math.max(0, perSecond(watched.statements - alone.statements)), figures),
  ];
}

/** Both processes store messages of the same contacts, who are new at first. */
async function loadBoth(loader: Loader, recado: PostgresService, { seconds, rounds, profile }: Options) {
  await using second = await startServer(serviceArgs(profile), recado.env);
  const ports = [recado.process.port, second.port];
  const both: Measured[] = [];
  const one: Measured[] = [];
  for (let round = 1; round <= rounds; round++) {
    both.push(await measure(loader, recado, { connections: 100, seconds, ports }));
    if (round === 1) await recado.settle();
    one.push(await measure(loader, recado, { connections: 100, seconds }));
  }
  await wait(STATISTICS_AFTER_MS);
  const found = await deadlocksOf(recado.database);
  const events = both.reduce((sum, measured) => sum + measured.events, 0);
  const rate = (measured: Measured[]) => median(measured.map(({ perSecond }) => perSecond)).toFixed(0);
  const figures = `${events} messages through both at ${rate(both)}/s; one process alone ${rate(one)}/s`;
  report(`two processes: ${found} deadlocks, ${figures}`);
  return { found, figures };
}

interface Idle {
  statements: number;
  cpuMs: number;
}

async function idleWindow({ database }: PostgresService, counter: StatementCounter): Promise<Idle> {
  await wait(SETTLE_MS);
  const backends = await database.backends();
  const cpu = readCpu(backends);
  const statements = counter.count();
  await wait(IDLE_MS);
  const asked = counter.count() - statements;
  let micros = 0;
  for (const [pid, used] of readCpu(backends)) micros += used - (cpu.get(pid) ?? 0);
  return { statements: asked, cpuMs: micros / 1000 };
}
