// The process: starts the service, says so, stops it on a signal. The only place, with cli.ts, that ends the process.
import { parseConfig, readEnvironment } from './config.js';
import type { Config } from './config.js';
import { createLog } from './log.js';
import type { Log } from './log.js';
import { openConfigured } from './db/open.js';
import type { Service } from './service.js';
import { announce } from './start-up/announce.js';
import { explainFailure } from './start-up/explain-failure.js';
import { createProgress } from './start-up/progress.js';

const STOP_WITHIN_MS = 9500;

const progress = createProgress(process.stderr);
let config: Config | null = null;
try {
  config = parseConfig(readEnvironment());
  const isTerminal = process.stdout.isTTY;
  const log = createLog({ level: config.logLevel ?? (isTerminal ? 'warn' : 'info'), pretty: isTerminal });
  process.on('unhandledRejection', (error) => die(log, error));
  process.on('uncaughtException', (error) => die(log, error));
  // The embedded database begins in its own thread while this one loads the rest of the service.
  const opening = openConfigured(config, { log, onProgress: (phase) => progress.report(phase) });
  opening.catch(() => undefined);
  const { startService } = await import('./service.js');
  const service = await startService(config, { log, db: await opening });
  progress.stop();
  await announce(service, isTerminal ? process.stdout : null);
  stopOnSignal(service, log);
} catch (error) {
  progress.stop();
  process.stderr.write(`${explainFailure(error, config)}\n`);
  process.exit(1);
}

function stopOnSignal(service: Service, log: Log): void {
  let isStopping = false;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(1);
      isStopping = true;
      log.info({ signal }, 'stopping');
      setTimeout(() => die(log, new Error('the service did not stop in time')), STOP_WITHIN_MS).unref();
      service.close().then(
        () => process.exit(0),
        (error: unknown) => die(log, error),
      );
    });
  }
}

function die(log: Log, error: unknown): never {
  log.fatal({ err: error }, 'the process cannot go on');
  process.exit(1);
}
