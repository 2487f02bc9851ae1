// One event of the log as it is read, and the composition of its payload text.
export type { LogEntry } from '@recado/contracts';

/** Where a tenant's log stands: everything at or below `floor` is gone, `head` is the last seq (0 when empty). */
export interface LogPosition {
  epoch: string;
  floor: number;
  head: number;
}

/** Puts eventId, epoch and seq in front of a stored payload (a JSON object's text). */
export function composePayload(entry: { eventId: string; epoch: string; seq: number }, stored: string): string {
  return `{"eventId":"${entry.eventId}","epoch":"${entry.epoch}","seq":${entry.seq},${stored.slice(1)}`;
}
