// The main thread's side of the embedded database: owns the worker, keeps its answers in order, restarts it when it is stuck or dead.
import { Worker } from 'node:worker_threads';
import type { DbLog } from '../db-log.js';
import { ConnectionLostError } from './connection-lost-error.js';
import type { WorkerReply, WorkerRequest, WorkerSetup } from './messages.js';

/** How long an answer that is already on its way may take to be seen once the time is up. */
const GRACE_MS = 250;

interface Pending {
  resolve(bytes: Uint8Array): void;
  reject(error: Error): void;
}

interface EngineOptions extends WorkerSetup {
  log: DbLog;
  /** A request that takes longer means a stuck worker: it is terminated and a new one opens the database. */
  stuckAfterMs: number;
}

/** One PGlite in one worker. Requests are answered in order; all that wait fail with ConnectionLostError when the worker goes. */
export class Engine {
  #worker: Worker | null = null;
  #opening: Promise<void> | null = null;
  #waiting: Pending[] = [];
  #watchdog: NodeJS.Timeout | undefined;
  #closed = false;
  readonly #lossListeners = new Set<(error: ConnectionLostError) => void>();

  constructor(private readonly options: EngineOptions) {}

  /** Resolves when the database is open; opens it again after a loss. */
  ready(): Promise<void> {
    if (this.#closed) return Promise.reject(new ConnectionLostError('The embedded database is closed'));
    return this.#opening ?? this.#start(this.#open());
  }

  /** Runs whole protocol messages and resolves to the backend's answer. `bytes` is given away. */
  exec(bytes: Uint8Array): Promise<Uint8Array> {
    return this.#request({ kind: 'exec', bytes }, [bytes.buffer as ArrayBuffer]);
  }

  /** The data directory as a tar, for `snapshot`. */
  dump(): Promise<Uint8Array> {
    return this.#request({ kind: 'dump' });
  }

  /** Called when the worker is lost, before a new one is asked for. Returns the way to stop listening. */
  onLost(listener: (error: ConnectionLostError) => void): () => void {
    this.#lossListeners.add(listener);
    return () => this.#lossListeners.delete(listener);
  }

  /** Closes the database in order and ends the worker. */
  async close(): Promise<void> {
    await this.#opening?.catch(() => {});
    this.#closed = true;
    const worker = this.#worker;
    if (!worker) return;
    await this.#request({ kind: 'close' }).catch(() => {});
    this.#worker = null;
    clearTimeout(this.#watchdog);
    await worker.terminate();
  }

  #request(request: WorkerRequest, transfer: ArrayBuffer[] = []): Promise<Uint8Array> {
    const worker = this.#worker;
    if (!worker) return Promise.reject(new ConnectionLostError('The embedded database is not open'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#waiting.length === 1) this.#watch(worker);
      worker.postMessage(request, transfer);
    });
  }

  #start(opening: Promise<void>): Promise<void> {
    this.#opening = opening;
    // After a failure the next caller tries again.
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = null;
    });
    return opening;
  }

  #open(): Promise<void> {
    const { directory, snapshot } = this.options;
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: { directory, snapshot } satisfies WorkerSetup,
      execArgv: [],
    });
    return new Promise((resolve, reject) => {
      worker.on('message', (reply: WorkerReply) => {
        if (reply.kind !== 'ready') return this.#settle(worker, reply);
        this.#worker = worker;
        resolve();
      });
      let reason: string | null = null;
      worker.on('error', (error) => {
        reason = error instanceof Error ? error.message : String(error);
        this.#lose(worker, reason);
      });
      // Not before the thread is gone: whoever tries again must find the files at rest.
      worker.on('exit', (code) => {
        reason ??= `its thread ended with code ${code}`;
        this.#lose(worker, reason);
        reject(new ConnectionLostError(`The embedded database could not be opened: ${reason}`));
      });
    });
  }

  #settle(worker: Worker, reply: Exclude<WorkerReply, { kind: 'ready' }>): void {
    if (worker !== this.#worker) return;
    const pending = this.#waiting.shift();
    clearTimeout(this.#watchdog);
    if (this.#waiting.length > 0) this.#watch(worker);
    if (reply.kind === 'done') return pending?.resolve(reply.bytes);
    pending?.reject(new ConnectionLostError(reply.message));
    // The engine itself failed, not a statement: nothing it says from here on can be trusted.
    this.#lose(worker, reply.message);
  }

  #watch(worker: Worker): void {
    this.#watchdog = setTimeout(() => {
      this.#watchdog = setTimeout(() => this.#lose(worker, `no answer for ${this.options.stuckAfterMs} ms`), GRACE_MS);
    }, this.options.stuckAfterMs);
  }

  #lose(worker: Worker, reason: string): void {
    if (worker !== this.#worker) return;
    this.#worker = null;
    clearTimeout(this.#watchdog);
    if (!this.#closed) this.options.log.error({ reason }, 'the embedded database is reopened');
    const error = new ConnectionLostError(`The embedded database was lost: ${reason}`);
    for (const pending of this.#waiting.splice(0)) pending.reject(error);
    // The next worker opens the files only when this one can no longer write to them.
    const gone = worker.terminate();
    if (!this.#closed) void this.#start(gone.then(() => this.#open()));
    for (const listener of this.#lossListeners) listener(error);
  }
}
