// Target 11, the rest of it: two processes on one database never deadlock, and following the log costs an idle database nothing.
import { setTimeout as wait } from 'node:timers/promises';
import type { Loader } from './loader-process.js';
import { measure, report } from './measure.js';
import type { Options } from './options.js';
import { deadlocksOf, STATISTICS_AFTER_MS, transactionsOf } from './postgres.js';
import { readCpu, startServer } from './processes.js';
import { openScreens } from './screens.js';
import { serviceArgs, startRecado } from './systems.js';
import type { PostgresService } from './systems.js';
import { against } from './targets.js';
import type { Row } from './targets.js';

const IDLE_MS = 10_000;
/** The service looks for due jobs when it starts and every minute after; no window may have that in it. */
const JOBS_EVERY_MS = 60_000;
const JOBS_TAKE_MS = 3_000;

/** Runs the part on PostgreSQL; most of it is waiting. */
export async function twoProcessesPart(loader: Loader, options: Options): Promise<Row[]> {
  await using recado = await startRecado({ profile: options.profile });
  const startedAt = performance.now();
  const deadlocks = await loadBoth(loader, recado, options);
  const alone = await idleWindow(recado, startedAt);
  const screens = await openScreens({ screenPort: recado.process.port, screens: recado.screens });
  const watched = await idleWindow(recado, startedAt);
  await screens.finish();
  const perSecond = (n: number) => (n / IDLE_MS) * 1000;
  const spell = ({ transactions, cpuMs }: Idle) =>
    `${perSecond(transactions).toFixed(1)}/s and ${cpuMs.toFixed(0)} ms of CPU`;
  const figures = `${IDLE_MS / 1000} s with ${recado.screens.length} screens ${spell(watched)}, without ${spell(alone)}`;
  report(`idle: ${figures}`);
  return [
    against('deadlocks', deadlocks.found, deadlocks.figures),
    // Less than nothing is noise.
    against('idle-tail', Math.max(0, perSecond(watched.transactions - alone.transactions)), figures),
  ];
}

/** Both processes store messages of the same contacts, who are new at first. */
async function loadBoth(loader: Loader, recado: PostgresService, { seconds, rounds, profile }: Options) {
  await using second = await startServer(serviceArgs(profile), recado.env);
  const ports = [recado.process.port, second.port];
  const measured = [];
  for (let round = 1; round <= rounds; round++) {
    measured.push(await measure(loader, recado, { connections: 100, seconds, ports }));
    if (round === 1) await recado.settle();
  }
  await wait(STATISTICS_AFTER_MS);
  const found = await deadlocksOf(recado.database);
  const events = measured.reduce((sum, one) => sum + one.events, 0);
  const figures = `${events} messages at ${measured.map(({ perSecond }) => perSecond.toFixed(0)).join(', ')}/s of both processes`;
  report(`two processes: ${found} deadlocks, ${figures}`);
  return { found, figures };
}

interface Idle {
  transactions: number;
  cpuMs: number;
}

async function idleWindow({ database }: PostgresService, startedAt: number): Promise<Idle> {
  const backends = await database.backends();
  await wait(STATISTICS_AFTER_MS);
  const sinceJobs = (performance.now() - startedAt) % JOBS_EVERY_MS;
  if (sinceJobs + IDLE_MS + JOBS_TAKE_MS > JOBS_EVERY_MS)
    await wait(JOBS_EVERY_MS - sinceJobs + JOBS_TAKE_MS + STATISTICS_AFTER_MS);
  const cpuMs = () => [...readCpu(backends).values()].reduce((sum, micros) => sum + micros / 1000, 0);
  const before = { transactions: await transactionsOf(database), cpuMs: cpuMs() };
  await wait(IDLE_MS);
  return { transactions: (await transactionsOf(database)) - before.transactions, cpuMs: cpuMs() - before.cpuMs };
}
