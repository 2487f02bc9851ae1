// Target 7: ingest into a database that holds five million messages, against an empty one, in turns.
import { countSince, FIVE_MILLION, seed } from './five-million-seed.js';
import type { Loader } from './loader-process.js';
import { warmUp } from './measure.js';
import type { Options } from './options.js';
import { figuresOf, inTurns, ratio } from './rounds.js';
import { startRecado } from './systems.js';
import type { System } from './systems.js';
import { against } from './targets.js';
import type { Row } from './targets.js';

/** Runs the part on PostgreSQL; it needs minutes, and gigabytes on its disk. */
export async function fiveMillionPart(loader: Loader, options: Options): Promise<Row[]> {
  await using empty = await startRecado();
  await using filled = await startRecado({ profile: options.profile });
  const seeded = await seed(filled.database, FIVE_MILLION);
  const full: System = {
    ...filled,
    name: 'recado-full',
    countMessages: () => countSince(filled.database, seeded),
  };
  for (const system of [empty, full]) await warmUp(loader, system);
  const rounds = await inTurns(loader, [empty, full], { ...options, connections: 50 });
  return [
    against('five-million', ratio(rounds, 'recado-full', 'recado'), figuresOf(rounds, ['recado-full', 'recado'])),
  ];
}
