// In which size the experiments run: `fast` for every commit, `full` as `docs/reports/reliability.md` shows them.
import { inject } from 'vitest';

export type Tier = 'fast' | 'full';

declare module 'vitest' {
  interface ProvidedContext {
    tier: Tier;
  }
}

/** The size this run was started in (`--mode`). */
export const tier = inject('tier');

/** What a dial stands at in this tier. */
export function dial<T>(values: Record<Tier, T>): T {
  return values[tier];
}
