// The experiment's side of the honest broker that is timed while others misbehave.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import { WEBHOOK_KEY } from './fault-service.js';

const ToldSchema = z.object({ answered: z.array(z.number()), failures: z.int() });

/** What the broker saw since it began; ms. */
export interface Probed {
  answers: number;
  failures: number;
  p50: number;
  p99: number;
}

export interface Probe extends AsyncDisposable {
  /** Forgets what was before. */
  begin(): void;
  tell(): Promise<Probed>;
}

/** Starts posting for the instance at once. */
export function startProbe(url: string, instanceId: string): Probe {
  const given = JSON.stringify({ url, key: WEBHOOK_KEY, instanceId });
  const child = fork(new URL('./probe.mjs', import.meta.url), [given], { execArgv: [] });
  const ended = once(child, 'exit');
  return {
    begin: () => void child.send('begin'),
    async tell() {
      const told = once(child, 'message');
      child.send('tell');
      const { answered, failures } = ToldSchema.parse(((await told) as [unknown])[0]);
      const sorted = answered.toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
      return { answers: sorted.length, failures, p50: at(0.5), p99: at(0.99) };
    },
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await ended;
    },
  };
}
