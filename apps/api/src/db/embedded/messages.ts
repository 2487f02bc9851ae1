// What the main thread and the worker of the embedded database say to each other. Byte arrays are transferred, never shared.

/** Given to the worker at its start. */
export interface WorkerSetup {
  /** The database directory; undefined keeps everything in memory. */
  directory: string | undefined;
  /** A dump of a database that a new one begins as. */
  snapshot: Uint8Array | undefined;
}

/** `exec`: whole frontend messages of the PostgreSQL protocol. `dump`: the data directory as a tar. `close`: an orderly stop. Answered in order. */
export type WorkerRequest = { kind: 'exec'; bytes: Uint8Array } | { kind: 'dump' } | { kind: 'close' };

/** `ready` once after the start; then one `done` (the backend's messages, or the tar) or `failed` per request. */
export type WorkerReply = { kind: 'ready' } | { kind: 'done'; bytes: Uint8Array } | { kind: 'failed'; message: string };
