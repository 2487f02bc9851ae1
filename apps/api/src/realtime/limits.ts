// The limits of a socket, in one place. Tests make them small.

export interface RealtimeLimits {
  /** Bytes that may wait for one reader, and for how long before it is cut. */
  budgetBytes: number;
  budgetGraceMs: number;
  /** Frames a client may send. */
  framesPerSecond: number;
  framesBurst: number;
  /** Frames of one client that may wait behind a look-up. */
  framesWaiting: number;
  /** Largest frame a client may send, in bytes. */
  maxFrameBytes: number;
  /** Time a connection may stay without a session. */
  authMs: number;
  /** How long a close waits for the client before it is forced. */
  closeGraceMs: number;
  /** When the service stops, sockets are closed over at most this time, so that they do not come back all at once. */
  drainMs: number;
  pingIntervalMs: number;
  pingTimeoutMs: number;
}

export const DEFAULT_LIMITS: RealtimeLimits = {
  budgetBytes: 1024 * 1024,
  budgetGraceMs: 1_000,
  framesPerSecond: 50,
  framesBurst: 100,
  framesWaiting: 200,
  maxFrameBytes: 64 * 1024,
  authMs: 10_000,
  closeGraceMs: 2_000,
  drainMs: 1_500,
  pingIntervalMs: 25_000,
  pingTimeoutMs: 20_000,
};
