// The experiment's side of a crowd of screens that lives in a process of its own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { vi } from 'vitest';
import { z } from 'zod';
import { tokenFor } from './fault-service.js';

const ToldSchema = z.object({
  /** Screens that are connected and opened. */
  ready: z.int(),
  gaps: z.int(),
  duplicates: z.int(),
  resyncs: z.int(),
  frames: z.int(),
  /** The longest that one was away, from the loss of its connection until it was opened again. */
  slowestBackMs: z.number(),
  /** By tenant: the last number that all of its screens have. */
  behind: z.record(z.string(), z.int()),
});
export type Told = z.infer<typeof ToldSchema>;

/** Screens spread evenly over tenants and addresses. */
export interface Crowd extends AsyncDisposable {
  tell(): Promise<Told>;
  /** Waits until what the crowd tells passes; rejects after `withinMs` with the last it told. */
  until(passes: (told: Told) => boolean, withinMs: number): Promise<Told>;
}

/** Opens the crowd; resolves when all are connected. */
export async function openCrowd(options: { urls: string[]; tenants: readonly string[]; size: number }): Promise<Crowd> {
  const { urls, tenants, size } = options;
  const child = fork(new URL('./screen-crowd.mjs', import.meta.url), { execArgv: [] });
  const ended = once(child, 'exit');
  const byTenant = await Promise.all(
    tenants.map(async (tenantId) => ({ tenantId, token: await tokenFor({ tenantId }) })),
  );
  child.send({
    kind: 'open',
    urls,
    tokens: Array.from({ length: size }, (_, n) => byTenant[Math.floor(n / urls.length) % tenants.length]),
  });

  async function tell(): Promise<Told> {
    const told = once(child, 'message');
    child.send({ kind: 'tell' });
    const [message] = (await told) as [unknown];
    return ToldSchema.parse(message);
  }
  const crowd: Crowd = {
    tell,
    until: (passes, withinMs) =>
      vi.waitFor(
        async () => {
          const told = await tell();
          if (!passes(told)) throw new Error(`the crowd is not there yet: ${JSON.stringify(told)}`);
          return told;
        },
        { timeout: withinMs, interval: 20 },
      ),
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await ended;
    },
  };
  await crowd.until(({ ready }) => ready === size, 60_000);
  return crowd;
}
