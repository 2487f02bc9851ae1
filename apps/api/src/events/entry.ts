// One event of the log as it is read, and the composition of its payload text.
import type { LogEntry } from '@recado/contracts';

export type { LogEntry };

/** Where a tenant's log stands: everything at or below `floor` is gone, `head` is the last seq (0 when empty). */
export interface LogPosition {
  epoch: string;
  floor: number;
  head: number;
}

/** An entry of an own commit. Its payload is composed when somebody follows the tenant, and once. */
export class CommittedEntry implements LogEntry {
  readonly tenantId: string;
  readonly epoch: string;
  readonly seq: number;
  readonly eventId: string;
  readonly type: string;
  readonly contactId: string | null;
  #payload: string | null = null;
  readonly #stored: string;

  /** `stored` is the payload as the log keeps it. */
  constructor({ tenantId, epoch, seq, eventId, type, contactId }: Omit<LogEntry, 'payload'>, stored: string) {
    this.tenantId = tenantId;
    this.epoch = epoch;
    this.seq = seq;
    this.eventId = eventId;
    this.type = type;
    this.contactId = contactId;
    this.#stored = stored;
  }

  get payload(): string {
    return (this.#payload ??= composePayload(this, this.#stored));
  }
}

/** Puts eventId, epoch and seq in front of a stored payload (a JSON object's text). */
export function composePayload(entry: { eventId: string; epoch: string; seq: number }, stored: string): string {
  return `{"eventId":"${entry.eventId}","epoch":"${entry.epoch}","seq":${entry.seq},${stored.slice(1)}`;
}
