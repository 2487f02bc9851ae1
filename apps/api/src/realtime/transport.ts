// What a session needs of the socket under it; one implementation per kind of door.
import type { Burst } from './burst.js';
import type { CloseCode } from './close-codes.js';

export interface Transport {
  /** Sends the frames in one write where the socket allows it. `left` is called when this process has handed them on; never when the socket closes first. */
  write(burst: Burst, left?: () => void): void;
  /** Bytes that were written and have not left this process. */
  unsent(): number;
  /** Says why where it can, then closes; by force after `graceMs`. */
  close(code: CloseCode, graceMs: number): void;
}

/** Answers one request of a client, when the client asked for an answer. */
export type Reply = (answer: { ok: true } | { ok: false; error: unknown }) => void;
