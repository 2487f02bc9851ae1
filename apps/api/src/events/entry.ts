// One event of the log as it is read, and the composition of its payload text.
/** An event of a tenant's log. `payload` is the composed JSON text of DESIGN 10: the bytes a socket is sent, now or on replay. */
export interface LogEntry {
  tenantId: string;
  epoch: string;
  seq: number;
  eventId: string;
  /** A `DomainEventType`, or one that only a newer process on the same database knows: it is passed on all the same. */
  type: string;
  payload: string;
  contactId: string | null;
}

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
