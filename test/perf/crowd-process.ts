// The bench's end of the crowd process.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CrowdResultSchema } from './crowd.js';
import type { CrowdPlan, CrowdResult } from './crowd.js';

/** Clients in a process of their own; steps one at a time. */
export interface CrowdProcess extends AsyncDisposable {
  /** Rejects when the process ends before it has answered. */
  carryOut(plan: CrowdPlan): Promise<CrowdResult>;
}

/** Starts a crowd without clients; it ends at once when `stop` aborts. */
export function startCrowd(stop: AbortSignal): CrowdProcess {
  const child = fork(join(import.meta.dirname, 'crowd-child.js'));
  const ended = once(child, 'exit');
  const broken = ended.then(() => Promise.reject(new Error('the crowd ended before its step did')));
  broken.catch(() => undefined);
  function disconnect(): void {
    if (child.connected) child.disconnect();
  }
  if (stop.aborted) disconnect();
  stop.addEventListener('abort', disconnect);
  return {
    async carryOut(plan) {
      const answered = once(child, 'message');
      stop.throwIfAborted();
      child.send(plan);
      const [answer] = (await Promise.race([answered, broken])) as unknown[];
      return CrowdResultSchema.parse(answer);
    },
    async [Symbol.asyncDispose]() {
      stop.removeEventListener('abort', disconnect);
      disconnect();
      await ended;
    },
  };
}
