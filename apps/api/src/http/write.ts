// A change over REST: one transaction with its audit row and, last of all, its events; the hub hears after the commit.
import type pg from 'pg';
import type { Context } from '../context.js';
import { insertAudit } from '../db/sql/audit.js';
import type { Principal } from '../auth/tokens.js';
import type { NewEvent } from '../events/log.js';
import { appendEvents } from '../events/log.js';

/** What a change gives back: the answer, what is written in the audit log, what the log is told. */
export interface Change<T> {
  result: T;
  /** null: nothing has changed, nothing is audited. */
  audit: { action: string; subject: string; details?: Record<string, unknown> } | null;
  events?: NewEvent[];
}

/** Runs a change for its caller. `tenantId` is the caller's unless an operator acts above tenants. */
export async function write<T>(
  ctx: Context,
  by: { principal: Principal; traceId: string; tenantId?: string },
  change: (client: pg.PoolClient) => Promise<Change<T>>,
): Promise<T> {
  const { result, entries } = await ctx.db.transaction(async (client) => {
    const done = await change(client);
    if (done.audit) {
      const tenantId = by.tenantId ?? by.principal.tenantId;
      await insertAudit(client, { ...done.audit, tenantId, actor: by.principal.sub, traceId: by.traceId });
    }
    return { result: done.result, entries: await appendEvents(client, done.events ?? []) };
  });
  if (entries.length > 0) ctx.hub.committed(entries);
  return result;
}
