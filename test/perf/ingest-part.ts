// Targets 1, 2 and 11: durable ingest against the naive peer and against Express doing nothing, in turns.
import type { Loader } from './loader-process.js';
import { warmUp } from './measure.js';
import type { Options } from './options.js';
import { figuresOf, inTurns, of, ratio } from './rounds.js';
import type { Rounds } from './rounds.js';
import { meanBatch, readMetrics } from './service-metrics.js';
import { median } from './statistics.js';
import { startNaive, startNoOp, startRecado, TENANTS } from './systems.js';
import type { System } from './systems.js';
import { against } from './targets.js';
import type { Row } from './targets.js';

/** Runs the part on PostgreSQL. */
export async function ingestPart(loader: Loader, options: Options): Promise<Row[]> {
  await using recado = await startRecado({ profile: options.profile });
  await using naive = await startNaive();
  await using noOp = await startNoOp();
  const all = [noOp, naive, recado];
  for (const system of all) await warmUp(loader, system);

  const at50 = await inTurns(loader, all, { ...options, connections: 50 });
  const before = await readMetrics(recado.process.port);
  const at200 = await inTurns(loader, all, { ...options, connections: 200 });
  const batch = meanBatch(before, await readMetrics(recado.process.port));
  const oneTenant = TENANTS.slice(0, 1);
  for (const system of [naive, recado]) await warmUp(loader, system, oneTenant);
  const alone = await inTurns(loader, [naive, recado], { ...options, connections: 50, tenants: oneTenant });

  const app = median(of(at200, 'recado').map(({ appMicros }) => appMicros));
  const database = median(of(at200, 'recado').map(({ databaseMicros }) => databaseMicros));
  return [
    against('ingest-50', ratio(at50, 'recado', 'naive'), figuresOf(at50, ['recado', 'naive'])),
    against('ingest-200', ratio(at200, 'recado', 'naive'), figuresOf(at200, ['recado', 'naive'])),
    against('ingest-one-tenant', ratio(alone, 'recado', 'naive'), figuresOf(alone, ['recado', 'naive'])),
    against('no-op-50', ratio(at50, 'recado', 'no-op'), figuresOf(at50, ['recado', 'no-op'])),
    against('no-op-200', ratio(at200, 'recado', 'no-op'), figuresOf(at200, ['recado', 'no-op'])),
    against('cpu-database', database, `${batch.toFixed(0)} events a batch; ${cpuOf(at200, 'naive').database} µs naive`),
    against('cpu-app', app, `${batch.toFixed(0)} events a batch; ${cpuOf(at200, 'naive').app} µs naive`),
    cpuRow('CPU per event at 50 connections', at50),
    cpuRow('CPU per event of one tenant at 50 connections', alone),
  ];
}

function cpuOf(rounds: Rounds, name: System['name']): { app: string; database: string } {
  const mid = (key: 'appMicros' | 'databaseMicros') =>
    median(of(rounds, name).map((measured) => measured[key])).toFixed(0);
  return { app: mid('appMicros'), database: mid('databaseMicros') };
}

function cpuRow(what: string, rounds: Rounds): Row {
  const [ours, theirs] = [cpuOf(rounds, 'recado'), cpuOf(rounds, 'naive')];
  const figures = `service ${ours.app} + PostgreSQL ${ours.database}; naive ${theirs.app} + ${theirs.database}`;
  return { target: null, what, value: Number(ours.app) + Number(ours.database), unit: 'µs', figures };
}
