// Puts the service's parts together by hand, in order, and takes them apart in the opposite one.
import { createTokens } from './auth/create-tokens.js';
import type { Config } from './config.js';
import type { Context } from './context.js';
import { createAnalyzer } from './db/analyze.js';
import type { Database } from './db/database.js';
import { createSignals } from './db/create-signals.js';
import { renewEpochsIfRestored } from './db/installation.js';
import { migrate } from './db/migrate.js';
import { openConfigured } from './db/open.js';
import { ensurePartitions } from './db/partitions.js';
import { createIngest } from './ingest/create-ingest.js';
import { createLog } from './log.js';
import { createMetrics } from './metrics.js';
import { createHub } from './realtime/hub.js';
import type { RealtimeHub } from './realtime/hub.js';
import { keeperOf } from './secrets-keep.js';
import { loadSecrets } from './secrets.js';
import { VERSION } from './version.js';

/** Parts given instead of made. A database that is given is closed with the context like one that was opened. */
export interface ContextOverrides {
  db?: Database;
  log?: Context['log'];
}

/** The parts, with what only the service's own start needs. */
export type ServiceContext = Context & AsyncDisposable & { hub: RealtimeHub };

/** Opens the database, brings it up to date and composes the parts. When a step fails, the ones before it are closed. */
export async function createContext(config: Config, overrides: ContextOverrides = {}): Promise<ServiceContext> {
  const closing = new ClosingOrder();
  try {
    return await compose(config, overrides, closing);
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function compose(config: Config, overrides: ContextOverrides, closing: ClosingOrder): Promise<ServiceContext> {
  const log = overrides.log ?? createLog({ level: config.logLevel ?? 'info' });
  const db = overrides.db ?? (await openConfigured(config, { log }));
  closing.add(() => db.close());
  await migrate(db);
  await ensurePartitions(db, { now: new Date() });
  if (await renewEpochsIfRestored(db)) log.warn('the database was restored or failed over: screens start again');
  const analyzer = createAnalyzer(db, log);
  closing.add(() => analyzer.idle());
  void analyzer.start();

  const secrets = await loadSecrets(config, keeperOf(config, db));
  const metrics = createMetrics({ version: VERSION });
  const signals = createSignals(db, { url: config.databaseUrl ?? undefined, log });
  closing.add(() => signals.close());
  const { publicKey, jwksUrl, issuer, audience } = config.jwt;
  const keys = { secret: secrets.jwtSecret, publicKey, jwksUrl, issuer, audience };
  const tokens = await createTokens({ db, signals, log, keys });
  closing.add(() => tokens.close());
  const hub = createHub({ db, signals, log, metrics });
  closing.add(() => hub.close());
  const ingest = createIngest({ config, db, hub, log, metrics, secrets, analyzer });
  closing.add(() => ingest.close());
  const stopping = new AbortController();
  closing.add(() => Promise.resolve(stopping.abort()));
  const parts = { config, secrets, log, metrics, db, signals, ingest, hub, tokens, stopping: stopping.signal };
  return { ...parts, [Symbol.asyncDispose]: () => closing.close() };
}

/** What is to be closed, last made first, once. */
class ClosingOrder {
  readonly #steps: (() => Promise<void>)[] = [];
  #closed: Promise<void> | undefined;

  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.#steps.toReversed()) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be closed');
  }
}
