// Target 3: how long after a webhook its message is on a screen, at a steady rate and with few connections.
import type { Loader } from './loader-process.js';
import { measure, report, warmUp } from './measure.js';
import type { Load } from './measure.js';
import type { Options } from './options.js';
import { ordered } from './rounds.js';
import { median, medianRatio } from './statistics.js';
import { startNaive, startRecado } from './systems.js';
import type { System } from './systems.js';
import { against } from './targets.js';
import type { Row } from './targets.js';

/** Connections of the paced load: more than are ever busy while the server keeps up. */
const PACED_CONNECTIONS = 64;

interface Delays {
  p99: number;
  /** The p50 of each round. */
  p50s: number[];
  /** How late the loader was, in words; empty where it does not pace. */
  lag: string;
  figures: string;
}

/** Runs the part on PostgreSQL, with a screen in each of ten tenants. */
export async function latencyPart(loader: Loader, options: Options): Promise<Row[]> {
  await using recado = await startRecado();
  await using naive = await startNaive();
  for (const system of [naive, recado]) await warmUp(loader, system);
  const seconds = Math.max(1, options.seconds / 2);

  async function delaysOf(
    systems: System[],
    what: string,
    load: Omit<Load, 'seconds' | 'withScreens'>,
  ): Promise<Delays[]> {
    const delays = new Map<System, Shown[]>(systems.map((system) => [system, []]));
    for (let round = 1; round <= options.rounds; round++) {
      for (const [system, kept] of ordered([...delays], round)) {
        const { screen, lag, events, perSecond } = await measure(loader, system, {
          ...load,
          seconds,
          withScreens: true,
        });
        if (!screen) throw new Error('nobody was looking');
        if (screen.missing > 0) throw new Error(`${screen.missing} of ${events} messages never came to a screen`);
        kept.push({ ...screen, lag: lag?.p99 ?? null });
        report(
          `${what}, round ${round}: ${system.name} p50 ${screen.p50.toFixed(1)} p99 ${screen.p99.toFixed(1)} ms at ${perSecond.toFixed(0)}/s`,
        );
      }
    }
    return [...delays.values()].map(fold);
  }

  const both = [recado, naive];
  const [at500, naive500] = await delaysOf(both, 'webhook→socket at 500/s', {
    connections: PACED_CONNECTIONS,
    rate: 500,
  });
  // The naive peer cannot keep this rate up: what it would show is how long its line has grown.
  const [at2000] = await delaysOf([recado], 'webhook→socket at 2,000/s', {
    connections: PACED_CONNECTIONS,
    rate: 2_000,
  });
  const [at4, naive4] = await delaysOf(both, 'webhook→socket at 4 connections', { connections: 4 });
  if (!at500 || !naive500 || !at2000 || !at4 || !naive4) throw new Error('nothing was measured');
  return [
    against('screen-500', at500.p99, `p50/p99 ${at500.figures}; naive ${naive500.figures}${at500.lag}`),
    against('screen-2000', at2000.p99, `p50/p99 ${at2000.figures}${at2000.lag}`),
    against('screen-4', medianRatio(at4.p50s, naive4.p50s), `p50/p99 ${at4.figures}; naive ${naive4.figures}`),
  ];
}

interface Shown {
  p50: number;
  p99: number;
  lag: number | null;
}

function fold(rounds: Shown[]): Delays {
  const p50s = rounds.map((round) => round.p50);
  const p99 = median(rounds.map((round) => round.p99));
  const lags = rounds.flatMap(({ lag }) => lag ?? []);
  const lag = lags.length === 0 ? '' : `; the loader was late by p99 ${median(lags).toFixed(1)} ms`;
  return { p99, p50s, lag, figures: `${median(p50s).toFixed(1)}/${p99.toFixed(1)} ms` };
}
