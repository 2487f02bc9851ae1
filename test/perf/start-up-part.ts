// How long the service takes from the start of its process until it is ready, on PostgreSQL.
import { report } from './measure.js';
import type { Options } from './options.js';
import { startServer } from './processes.js';
import { median } from './statistics.js';
import { serviceArgs, startRecado } from './systems.js';
import type { Row } from './targets.js';

/** Runs the part; the embedded database's starts are in its own part. */
export async function startUpPart({ rounds }: Options): Promise<Row[]> {
  await using recado = await startRecado();
  const first = recado.process.startMs / 1000;
  await recado.process.stop();
  const again: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    await using server = await startServer(serviceArgs(), recado.env);
    again.push(server.startMs / 1000);
  }
  report(`PostgreSQL: first start ${first.toFixed(2)} s, again ${median(again).toFixed(2)} s`);
  const figures = 'from the start of the process to /readyz';
  return [
    {
      target: null,
      what: 'PostgreSQL, first start',
      value: first,
      unit: 's',
      figures: `${figures}, migrations included`,
    },
    { target: null, what: 'PostgreSQL, start again', value: median(again), unit: 's', figures },
  ];
}
