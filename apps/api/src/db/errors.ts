// What an error of the database means for the work that met it (DESIGN 4.7).

/**
 * `retry`: the whole transaction may succeed at once. `outage`: the database could not do it now; nothing is wrong with the data.
 * `data`: a value was refused. `bug`: the statement itself is wrong, or it is no database error.
 */
export type SqlErrorKind = 'retry' | 'outage' | 'data' | 'bug';

const RETRY_CODES = new Set(['40001', '40P01']);
// Of the remaining classes: an ended session, a database that turned read-only by failover, an unknown completion, a lock not got in time.
const OUTAGE_CODES = new Set(['25P03', '25P04', '25006', '40003', '55P03']);
const OUTAGE_CLASSES = new Set(['08', '28', '3D', '53', '57', '58', 'XX']);
const DATA_CLASSES = new Set(['21', '22', '23', '54']);

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
// node-postgres and its pool give these without a code.
const CLIENT_MESSAGES = [
  'Connection terminated',
  'Query read timeout',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Client has encountered a connection error',
  'Client was closed',
  'Cannot use a pool after calling end',
  'The server does not support SSL connections',
];

/**
 * Classifies by SQLSTATE, network error code or node-postgres' message, looking through `cause`. A unique violation (23505) is `data`;
 * whoever inserts what a rival may insert too retries it once first (`ingest.md` 7.6).
 */
export function classifySqlError(error: unknown): SqlErrorKind {
  if (!(error instanceof Error)) return 'bug';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (NETWORK_CODES.has(code)) return 'outage';
  if (/^[0-9A-Z]{5}$/.test(code)) return classifySqlState(code);
  if (CLIENT_MESSAGES.some((message) => error.message.startsWith(message))) return 'outage';
  return error.cause === undefined || error.cause === error ? 'bug' : classifySqlError(error.cause);
}

function classifySqlState(code: string): SqlErrorKind {
  const family = code.slice(0, 2);
  if (RETRY_CODES.has(code)) return 'retry';
  if (OUTAGE_CODES.has(code) || OUTAGE_CLASSES.has(family)) return 'outage';
  return DATA_CLASSES.has(family) ? 'data' : 'bug';
}

/** The code of an error, for a log line; undefined when it has none. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
