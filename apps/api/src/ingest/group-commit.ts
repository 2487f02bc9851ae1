// Group commit: deliveries gather while the previous commit is on its way, without a timer (DESIGN 4.4, 4.9).
import { RecadoError } from '../errors.js';
import type { Work } from './work.js';

/** Items of one delivery that go into one batch together. */
export interface Portion {
  works: Work[];
  /** Size of the delivery's body in bytes, counted once. */
  bytes: number;
  instanceId: string;
  /** When its broker began to wait, by `performance.now()`. */
  since: number;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Commits a batch; settles nothing itself. Rejections of single portions come back by portion. */
export type CommitBatch = (portions: Portion[]) => Promise<Map<Portion, unknown>>;

export const MAX_BATCH = 100;
const MAX_WAITING_EVENTS = 5_000;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
const SMALL_BATCH = 6;
const SMOOTHING = 0.2;

/** A batch that takes longer means a database that is frozen, far away or cut off; under mere load none does. */
const SLOW_BATCH_MS = 1_000;
/** Then nobody waits longer than this for a batch, and nobody longer than this for an answer: all are answered within 3 s. */
const MAX_WAIT_MS = 2_300;
const MAX_ANSWER_MS = 2_700;
const LOOK_EVERY_MS = 50;

/** The bounded waiting line and the batches on their way. */
export class GroupCommit {
  readonly #commit: CommitBatch;
  readonly #line: Portion[] = [];
  readonly #perInstance = new Map<string, number>();
  #events = 0;
  #bytes = 0;
  #inFlight = 0;
  #averageBatch = MAX_BATCH;
  #closed = false;
  #idle: (() => void)[] = [];
  /** Batches, each with when it began. */
  readonly #onTheirWay = new Map<Portion[], number>();
  /** Until a batch is quick again. */
  #isSlow = false;
  #looking: NodeJS.Timeout | null = null;

  constructor(commit: CommitBatch) {
    this.#commit = commit;
  }

  /** Events that wait or are on their way. */
  get waiting(): number {
    return this.#events;
  }

  /**
   * Resolves when the portion is committed. Throws OVERLOADED when the line is full, half of it at most for one instance;
   * UNAVAILABLE when the database is slow and the broker has waited too long: then it may still be committed.
   */
  add(works: Work[], instanceId: string, bytes: number, since = performance.now()): Promise<void> {
    const ofInstance = (this.#perInstance.get(instanceId) ?? 0) + works.length;
    const isFull = this.#events + works.length > MAX_WAITING_EVENTS || this.#bytes + bytes > MAX_WAITING_BYTES;
    if (this.#closed || isFull || ofInstance > MAX_WAITING_EVENTS / 2) {
      return Promise.reject(new RecadoError('OVERLOADED', { retryAfterSeconds: 1 }));
    }
    this.#perInstance.set(instanceId, ofInstance);
    this.#events += works.length;
    this.#bytes += bytes;
    return new Promise((resolve, reject) => {
      this.#line.push({ works, bytes, instanceId, since, resolve, reject });
      // Behind the callbacks of this turn: what arrives in one turn shares a batch.
      if (this.#line.length === 1) setImmediate(() => this.#pump());
    });
  }

  /** Takes no more and resolves when everything added is settled. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#events > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #pump(): void {
    // Two in flight; more only while batches are small, when waiting for the disk is what costs (`ingest.md` 3).
    const limit = this.#averageBatch < SMALL_BATCH ? 4 : 2;
    while (this.#line.length > 0 && this.#inFlight < limit) void this.#run(this.#take());
  }

  #take(): Portion[] {
    const portions: Portion[] = [];
    let size = 0;
    for (
      let next = this.#line[0];
      next && (size === 0 || size + next.works.length <= MAX_BATCH);
      next = this.#line[0]
    ) {
      this.#line.shift();
      portions.push(next);
      size += next.works.length;
    }
    this.#averageBatch += SMOOTHING * (size - this.#averageBatch);
    return portions;
  }

  async #run(portions: Portion[]): Promise<void> {
    this.#inFlight += 1;
    const from = performance.now();
    this.#onTheirWay.set(portions, from);
    if (this.#isSlow) this.#look();
    const slow = setTimeout(() => this.#look(), SLOW_BATCH_MS);
    let failures: Map<Portion, unknown>;
    try {
      failures = await this.#commit(portions);
    } catch (error) {
      failures = new Map(portions.map((portion) => [portion, error]));
    }
    this.#inFlight -= 1;
    this.#onTheirWay.delete(portions);
    clearTimeout(slow);
    for (const portion of portions) this.#settle(portion, failures);
    const slowIfBefore = performance.now() - SLOW_BATCH_MS;
    if (from > slowIfBefore) this.#isSlow = [...this.#onTheirWay.values()].some((began) => began <= slowIfBefore);
    if (!this.#isSlow || this.#events === 0) this.#lookAway();
    this.#pump();
    if (this.#events === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** From now on nobody waits too long, until a batch is quick again. */
  #look(): void {
    this.#isSlow = true;
    this.#looking ??= setInterval(() => this.#refuseLate(performance.now()), LOOK_EVERY_MS);
  }

  #lookAway(): void {
    if (this.#looking) clearInterval(this.#looking);
    this.#looking = null;
  }

  #refuseLate(now: number): void {
    const unavailable = new RecadoError('UNAVAILABLE', { retryAfterSeconds: 1 });
    // The whole line: who came last may have waited longest before it came.
    const late = this.#line.filter((portion) => now - portion.since > MAX_WAIT_MS);
    if (late.length > 0) this.#line.splice(0, Infinity, ...this.#line.filter((portion) => !late.includes(portion)));
    for (const portion of late) this.#settle(portion, new Map([[portion, unavailable]]));
    // These keep their place in the count until their batch has ended.
    for (const portion of [...this.#onTheirWay.keys()].flat()) {
      if (now - portion.since > MAX_ANSWER_MS) portion.reject(unavailable);
    }
  }

  #settle(portion: Portion, failures: Map<Portion, unknown>): void {
    const { works, bytes, instanceId } = portion;
    const left = (this.#perInstance.get(instanceId) ?? 0) - works.length;
    if (left > 0) this.#perInstance.set(instanceId, left);
    else this.#perInstance.delete(instanceId);
    this.#events -= works.length;
    this.#bytes -= bytes;
    if (failures.has(portion)) portion.reject(failures.get(portion));
    else portion.resolve();
  }
}
