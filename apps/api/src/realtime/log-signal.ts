// The text of a `log` signal: `tenant:lastSeq,…`. Tenant ids hold neither colon nor comma.
import type { LogEntry } from '../events/entry.js';

/** The last seq of each tenant of a commit. */
export function formatLogSignal(byTenant: ReadonlyMap<string, readonly LogEntry[]>): string {
  const parts: string[] = [];
  for (const [tenantId, entries] of byTenant) {
    parts.push(`${tenantId}:${entries.reduce((last, entry) => Math.max(last, entry.seq), 0)}`);
  }
  return parts.join(',');
}

/** Tenant → last seq; what cannot be read is left out. */
export function parseLogSignal(payload: string): Map<string, number> {
  const heard = new Map<string, number>();
  for (const part of payload.split(',')) {
    const match = /^([^:]+):(\d{1,15})$/.exec(part);
    if (!match?.[1]) continue;
    heard.set(match[1], Math.max(Number(match[2]), heard.get(match[1]) ?? 0));
  }
  return heard;
}
