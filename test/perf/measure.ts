// One measurement: a stretch of load on one system, with rows and CPU read before and after.
import { setTimeout as wait } from 'node:timers/promises';
import type { LoadPlan, LoadResult } from './load.js';
import type { Loader } from './loader-process.js';
import { readCpu } from './processes.js';
import { HMAC_SECRET, TENANTS } from './systems.js';
import type { System } from './systems.js';

const CONTACTS = 2_000;
const WARM_UP_PER_CONTACT = 2;
/** What a system is expected to take in a second before it was ever measured. */
const FIRST_GUESS = 3_000;
const MOST_PREPARED = 120_000;

/** The load: `rate` requests per second, or as many as are answered. */
export interface Load {
  connections: number;
  seconds: number;
  tenants?: string[];
  rate?: number;
  withScreens?: boolean;
  /** Ports of several processes on one database; the system's own unless given. */
  ports?: number[];
  screenPort?: number;
}

/** What came of it. Events are rows where something is stored, else answers. */
export interface Measured extends LoadResult {
  events: number;
  perSecond: number;
  /** CPU per event in µs. */
  appMicros: number;
  databaseMicros: number;
}

const lastRates = new Map<string, number>();
let runs = 0;

/** Measures one stretch. Throws when something was acknowledged that is not stored. */
export async function measure(loader: Loader, system: System, load: Load): Promise<Measured> {
  const expected = load.rate ?? (lastRates.get(system.name) ?? FIRST_GUESS) * 1.2;
  const until = { seconds: load.seconds };
  return run(loader, system, { ...load, until, prepare: Math.ceil(expected * load.seconds) });
}

/** Makes every contact known in its tenant and lets the process get warm; then the database settles. */
export async function warmUp(loader: Loader, system: System, tenants = TENANTS): Promise<void> {
  const requests = CONTACTS * WARM_UP_PER_CONTACT;
  await run(loader, system, { connections: 50, tenants, until: { requests }, prepare: requests });
  await system.settle();
}

type Stretch = Omit<Load, 'seconds'> & { until: LoadPlan['until']; prepare: number; mayBreak?: boolean };

async function run(loader: Loader, system: System, load: Stretch): Promise<Measured> {
  const { name, countMessages } = system;
  const before = (await countMessages?.()) ?? 0;
  const cpu = await readCpuOf(system);
  const result = await loader.carryOut(planOf(system, load));
  const spent = await readCpuOf(system);
  const events = countMessages ? (await countMessages()) - before : result.acknowledged;
  if (events < result.acknowledged) throw new Error(`${name} acknowledged ${result.acknowledged} and stored ${events}`);
  if (Object.keys(result.refused).length > 0) report(`${name} refused: ${JSON.stringify(result.refused)}`);
  const perSecond = events / result.seconds;
  lastRates.set(name, perSecond);
  return {
    ...result,
    events,
    perSecond,
    appMicros: (spent.app - cpu.app) / events,
    databaseMicros: spent.databaseSince(cpu) / events,
  };
}

/** The plan of a stretch of load on a system, with ids of its own. */
export function planOf(system: System, load: Stretch): LoadPlan {
  const { port } = system.process;
  runs += 1;
  return {
    ports: load.ports ?? [port],
    screenPort: load.screenPort ?? port,
    secret: HMAC_SECRET,
    run: `${process.pid}-${runs}`,
    connections: load.connections,
    tenants: load.tenants ?? TENANTS,
    contacts: CONTACTS,
    until: load.until,
    rate: load.rate ?? null,
    prepare: Math.min(load.prepare, MOST_PREPARED),
    screens: load.withScreens ? system.screens : [],
    mayBreak: load.mayBreak ?? false,
  };
}

/** One line of progress. */
export function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function readCpuOf(system: System) {
  // The counters of the operating system lag a tick behind.
  await wait(20);
  const app = readCpu([system.process.pid]).get(system.process.pid) ?? NaN;
  const database = readCpu(await system.backends());
  return {
    app,
    database,
    /** A backend that is new since then counts from its start. */
    databaseSince(then: { database: Map<number, number> }): number {
      let sum = database.size === 0 ? NaN : 0;
      for (const [pid, used] of database) sum += used - (then.database.get(pid) ?? 0);
      return sum;
    },
  };
}
