// Target 3: how long after a webhook its message is on a screen, at a steady rate and with few connections.
import type { Loader } from './loader-process.js';
import { measure, report, warmUp } from './measure.js';
import type { Load } from './measure.js';
import type { Options } from './options.js';
import { median } from './statistics.js';
import { startNaive, startRecado } from './systems.js';
import type { System } from './systems.js';
import { against } from './targets.js';
import type { Row } from './targets.js';

/** Connections of the paced load: more than are ever busy while the server keeps up. */
const PACED_CONNECTIONS = 64;

interface Delays {
  p50: number;
  p99: number;
  figures: string;
}

/** Runs the part on PostgreSQL, with a screen in each of ten tenants. */
export async function latencyPart(loader: Loader, options: Options): Promise<Row[]> {
  await using recado = await startRecado();
  await using naive = await startNaive();
  for (const system of [naive, recado]) await warmUp(loader, system);
  const seconds = Math.max(1, options.seconds / 2);

  async function compare(what: string, load: Omit<Load, 'seconds' | 'withScreens'>): Promise<[Delays, Delays]> {
    const delays = new Map<System, { p50: number; p99: number }[]>([
      [naive, []],
      [recado, []],
    ]);
    for (let round = 1; round <= options.rounds; round++) {
      for (const [system, kept] of delays) {
        const { screen, events, perSecond } = await measure(loader, system, { ...load, seconds, withScreens: true });
        if (!screen) throw new Error('nobody was looking');
        if (screen.missing > 0) throw new Error(`${screen.missing} of ${events} messages never came to a screen`);
        kept.push(screen);
        report(
          `${what}, round ${round}: ${system.name} p50 ${screen.p50.toFixed(1)} p99 ${screen.p99.toFixed(1)} ms at ${perSecond.toFixed(0)}/s`,
        );
      }
    }
    const [theirs, ours] = [naive, recado].map((system) => fold(delays.get(system) ?? []));
    if (!ours || !theirs) throw new Error('nothing was measured');
    return [ours, theirs];
  }

  const rows: Row[] = [];
  for (const [target, rate] of [
    ['screen-500', 500],
    ['screen-2000', 2_000],
  ] as const) {
    const [ours, theirs] = await compare(`webhook→socket at ${rate}/s`, { connections: PACED_CONNECTIONS, rate });
    rows.push(against(target, ours.p99, `p50/p99 ${ours.figures}; naive ${theirs.figures}`));
  }
  const [ours, theirs] = await compare('webhook→socket at 4 connections', { connections: 4 });
  rows.push(against('screen-4', ours.p50 / theirs.p50, `p50/p99 ${ours.figures}; naive ${theirs.figures}`));
  return rows;
}

function fold(rounds: { p50: number; p99: number }[]): Delays {
  const p50 = median(rounds.map((round) => round.p50));
  const p99 = median(rounds.map((round) => round.p99));
  return { p50, p99, figures: `${p50.toFixed(1)}/${p99.toFixed(1)} ms` };
}
