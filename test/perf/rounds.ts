// Systems measured in turns, and what the rounds come to.
import type { Loader } from './loader-process.js';
import { measure, report } from './measure.js';
import type { Measured } from './measure.js';
import { median, medianRatio } from './statistics.js';
import { TENANTS } from './systems.js';
import type { System } from './systems.js';

/** The measurements of each system, by its name. */
export type Rounds = Map<System['name'], Measured[]>;

/** The order of a round: every second one goes backwards, so that nobody always comes after the same neighbour. */
export function ordered<T>(items: readonly T[], round: number): T[] {
  return round % 2 === 1 ? [...items] : items.toReversed();
}

/** Measures every system once a round, turned round by round, and tells each measurement. */
export async function inTurns(
  loader: Loader,
  systems: System[],
  load: { rounds: number; seconds: number; connections: number; tenants?: string[] },
): Promise<Rounds> {
  const rounds: Rounds = new Map(systems.map(({ name }) => [name, []]));
  for (let round = 1; round <= load.rounds; round++) {
    for (const system of ordered(systems, round)) {
      const measured = await measure(loader, system, load);
      rounds.get(system.name)?.push(measured);
      const { perSecond, answer, appMicros, databaseMicros } = measured;
      const cpu = system.countMessages
        ? `app ${appMicros.toFixed(0)} + database ${databaseMicros.toFixed(0)} µs`
        : `app ${appMicros.toFixed(0)} µs`;
      const title = `${load.connections} connections, ${load.tenants?.length ?? TENANTS.length} tenant(s)`;
      report(
        `ingest, ${title}, round ${round}: ${system.name} ${perSecond.toFixed(0)}/s, p50 ${answer.p50.toFixed(1)} p99 ${answer.p99.toFixed(1)} ms, ${cpu}`,
      );
    }
  }
  return rounds;
}

/** A system's measurements, round by round. */
export function of(rounds: Rounds, name: System['name']): Measured[] {
  return rounds.get(name) ?? [];
}

/** The median ratio of the two systems' rates within a round, so that what disturbs the machine disturbs both. */
export function ratio(rounds: Rounds, ours: System['name'], yardstick: System['name']): number {
  const rates = (name: System['name']) => of(rounds, name).map(({ perSecond }) => perSecond);
  return medianRatio(rates(ours), rates(yardstick));
}

/** Medians of each system in words. */
export function figuresOf(rounds: Rounds, names: System['name'][]): string {
  return names
    .map((name) => {
      const mid = (pick: (measured: Measured) => number) => median(of(rounds, name).map(pick));
      const answer = `${mid(({ answer }) => answer.p50).toFixed(1)}/${mid(({ answer }) => answer.p99).toFixed(1)} ms`;
      return `${name} ${mid(({ perSecond }) => perSecond).toFixed(0)}/s (${answer})`;
    })
    .join(', ');
}
