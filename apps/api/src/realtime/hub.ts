// The realtime hub: one cursor per tenant, delivers seq = cursor + 1 and nothing else (DESIGN 5).
import type { LogEntry } from '../events/entry.js';

/** What the rest of the service hands to the hub: entries of its own commits, after COMMIT, in any order. */
export interface Hub {
  committed(entries: LogEntry[]): void;
}
