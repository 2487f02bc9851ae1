// The bench's end of the loader process.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { LoadResultSchema } from './load.js';
import type { LoadPlan, LoadResult } from './load.js';

/** A loader that carries out one plan at a time. */
export interface Loader extends AsyncDisposable {
  /** Rejects when the loader ends before it has answered. */
  carryOut(plan: LoadPlan): Promise<LoadResult>;
  stop(): void;
}

/** Starts the loader. */
export function startLoader(): Loader {
  const child = fork(join(import.meta.dirname, 'loader.js'));
  const ended = once(child, 'exit');
  // A plan that is under way hears of the end by itself.
  const broken = ended.then(() => Promise.reject(new Error('the loader ended before its load did')));
  broken.catch(() => undefined);
  function stop(): void {
    if (child.connected) child.disconnect();
  }
  return {
    async carryOut(plan) {
      const answered = once(child, 'message');
      child.send(plan);
      const [answer] = (await Promise.race([answered, broken])) as unknown[];
      return LoadResultSchema.parse(answer);
    },
    stop,
    async [Symbol.asyncDispose]() {
      stop();
      await ended;
    },
  };
}
