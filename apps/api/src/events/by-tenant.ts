// Entries grouped by the tenant whose log they belong to.
import type { LogEntry } from './entry.js';

/** Keeps the order within each tenant. */
export function byTenant(entries: readonly LogEntry[]): Map<string, LogEntry[]> {
  const groups = new Map<string, LogEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.tenantId);
    if (group) group.push(entry);
    else groups.set(entry.tenantId, [entry]);
  }
  return groups;
}
