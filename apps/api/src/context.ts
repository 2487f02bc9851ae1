// The service's parts, composed by hand.
import type { Config } from './config.js';
import type { Database } from './db/database.js';
import type { Signals } from './db/signals.js';
import type { Log } from './log.js';
import type { Metrics } from './metrics.js';
import type { RealtimeHub } from './realtime/hub.js';
import type { Ingest } from './ingest/ingest.js';
import type { Tokens } from './auth/tokens.js';
import type { Secrets } from './secrets.js';

/** Everything a handler may use. Made once by `createContext`; `[Symbol.asyncDispose]` closes it in order. */
export interface Context {
  config: Config;
  secrets: Secrets;
  log: Log;
  metrics: Metrics;
  db: Database;
  signals: Signals;
  ingest: Ingest;
  hub: RealtimeHub;
  tokens: Tokens;
  /** Aborts when the service stops. */
  stopping: AbortSignal;
}
