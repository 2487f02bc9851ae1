// Client-side time-outs on PostgreSQL: with node-postgres' defaults a frozen server hangs every call for ever (reliability 3).

/** Waiting for a connection, from the pool or from the server. */
export const CONNECT_TIMEOUT_MS = 2_000;

/** One statement, from being written to its last answer. Below the 3 s in which every request must be able to fail. */
export const QUERY_TIMEOUT_MS = 2_500;

/** Closing the pools in order; then their sockets are cut. */
export const CLOSE_TIMEOUT_MS = 3_000;

/** A transaction whose client stopped talking. */
export const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;

/** Before a silent connection is probed by the kernel. */
export const KEEP_ALIVE_DELAY_MS = 10_000;

/** For a statement that may take minutes (a migration, ANALYZE, a partition); the server's own limit is lifted beside it. */
export const LONG_QUERY_TIMEOUT_MS = 15 * 60_000;
