// Agents are known from the tokens they use: noted at most once a minute each, never in the caller's way.
import type { Queryable } from '../db/database.js';
import { upsertAgent } from '../db/sql/tokens.js';
import type { Principal } from './tokens.js';

const INTERVAL_MS = 60_000;
const MAX_REMEMBERED = 10_000;

/** Notes who used a token. `settled` resolves when nothing is being written. */
export interface AgentsSeen {
  note(principal: Principal): void;
  settled(): Promise<void>;
}

/** `onError` hears what could not be written; the next token of that agent tries again after the interval. */
export function createAgentsSeen(db: Queryable, onError: (error: unknown) => void): AgentsSeen {
  const lastNoted = new Map<string, number>();
  const writing = new Set<Promise<void>>();
  return {
    note(principal) {
      if (!principal.roles.includes('agent') && !principal.roles.includes('admin')) return;
      const key = `${principal.tenantId}\0${principal.sub}`;
      const now = Date.now();
      if (now - (lastNoted.get(key) ?? -Infinity) < INTERVAL_MS) return;
      if (lastNoted.size >= MAX_REMEMBERED) lastNoted.clear();
      lastNoted.set(key, now);
      const { tenantId, sub, name, roles } = principal;
      const write = upsertAgent(db, { tenantId, id: sub, name, roles })
        .catch(onError)
        .finally(() => writing.delete(write));
      writing.add(write);
    },
    async settled() {
      await Promise.all(writing);
    },
  };
}
