// Target 3, the other process: webhooks come to one node, the screens look at another.
import type { Loader } from './loader-process.js';
import { measure, report, warmUp } from './measure.js';
import type { Options } from './options.js';
import { startServer } from './processes.js';
import { ordered } from './rounds.js';
import { median } from './statistics.js';
import { serviceArgs, startRecado } from './systems.js';
import { against } from './targets.js';
import type { Row } from './targets.js';

const RATE = 1_000;
/** More than are ever busy while the server keeps up. */
const CONNECTIONS = 64;

/** Runs the part: two processes on one PostgreSQL database. Throws when a message never comes to a screen. */
export async function secondNodePart(loader: Loader, options: Options): Promise<Row[]> {
  await using first = await startRecado({ profile: options.profile });
  await using second = await startServer(serviceArgs(options.profile), first.env);
  await warmUp(loader, first);
  const seconds = Math.max(1, options.seconds / 2);
  const load = { connections: CONNECTIONS, rate: RATE, seconds, withScreens: true };

  async function delaysAt(screenPort: number, where: string) {
    const { screen, lag, events, perSecond } = await measure(loader, first, { ...load, screenPort });
    if (!screen || !lag) throw new Error('nobody was looking');
    if (screen.missing > 0) throw new Error(`${screen.missing} of ${events} messages never came to a screen`);
    report(
      `webhook→socket at 1,000/s, ${where}: p50 ${screen.p50.toFixed(1)} p99 ${screen.p99.toFixed(1)} ms at ${perSecond.toFixed(0)}/s, loader late p99 ${lag.p99.toFixed(1)} ms`,
    );
    return { ...screen, lag: lag.p99 };
  }
  const here: Delays[] = [];
  const there: Delays[] = [];
  // What a process does for the first time is no delay of its second thousand.
  await delaysAt(second.port, 'second node, to get warm');
  for (let round = 1; round <= options.rounds; round++) {
    const turns = [
      { kept: there, port: second.port, where: 'second node' },
      { kept: here, port: first.process.port, where: 'same node' },
    ];
    for (const { kept, port, where } of ordered(turns, round))
      kept.push(await delaysAt(port, `${where}, round ${round}`));
  }
  return [
    against(
      'screen-second-node',
      median(there.map(({ p99 }) => p99)),
      `p50/p99 ${spell(there)}; same node ${spell(here)}; the loader was late by p99 ${median(there.map(({ lag }) => lag)).toFixed(1)} ms`,
    ),
  ];
}

interface Delays {
  p50: number;
  p99: number;
  lag: number;
}

function spell(rounds: Delays[]): string {
  const mid = (pick: (round: Delays) => number) => median(rounds.map(pick)).toFixed(1);
  return `${mid(({ p50 }) => p50)}/${mid(({ p99 }) => p99)} ms`;
}
