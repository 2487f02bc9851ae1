// Which tokens are revoked: a set in memory, told at once by signals, read again every second because signals may be lost.
import { z } from 'zod';
import type { Database } from '../db/database.js';
import type { Signals } from '../db/signals.js';
import type { RevokedRow } from '../db/sql/tokens.js';
import { insertRevoked, selectRevoked } from '../db/sql/tokens.js';

/** How often other processes' revocations are read, in ms, and how far back each look goes, in s. */
const REREAD_MS = 1_000;
const OVERLAP_SECONDS = 60;

const SignalSchema = z.object({ tenantId: z.string(), jti: z.string() });

type Listener = (tenantId: string, jti: string) => void;

export interface RevocationsLog {
  warn(fields: object, message: string): void;
}

/** The set of revoked tokens of this installation. Starts with `load`, ends with `close`. */
export class Revocations implements AsyncDisposable {
  readonly #known = new Map<string, number>();
  readonly #listeners: Listener[] = [];
  #timer: NodeJS.Timeout | null = null;
  #reading: Promise<void> = Promise.resolve();
  #isFailing = false;
  #isClosed = false;

  constructor(private readonly parts: { db: Database; signals: Signals; log: RevocationsLog }) {}

  /** Reads all revocations and begins to follow them. Throws when the database cannot be read. */
  async load(): Promise<void> {
    const { db, signals } = this.parts;
    for (const row of await selectRevoked(db.pool, null)) this.#add(row);
    signals.subscribe('revoked', (payload) => this.#heard(payload));
    signals.onReconnect(() => this.#reread(null));
    if (db.kind === 'postgres') this.#timer = setInterval(() => this.#reread(OVERLAP_SECONDS), REREAD_MS);
  }

  has(tenantId: string, jti: string | null): boolean {
    return jti !== null && this.#known.has(keyOf(tenantId, jti));
  }

  /** Stores the revocation, then refuses it here at once and tells the other processes. `expiresAt` in epoch ms. */
  async revoke(row: RevokedRow): Promise<void> {
    await insertRevoked(this.parts.db.pool, row);
    this.#add(row);
    this.parts.signals.publish('revoked', JSON.stringify({ tenantId: row.tenantId, jti: row.jti }));
  }

  onRevoked(listener: Listener): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #heard(payload: string): void {
    const parsed = SignalSchema.safeParse(parseJson(payload));
    if (parsed.success) this.#add({ ...parsed.data, expiresAt: null });
  }

  #add(row: RevokedRow): void {
    const key = keyOf(row.tenantId, row.jti);
    const isNew = !this.#known.has(key);
    this.#known.set(key, row.expiresAt ?? Infinity);
    if (isNew) for (const listener of this.#listeners) listener(row.tenantId, row.jti);
  }

  #reread(seconds: number | null): void {
    if (this.#isClosed) return;
    // A look that failed may have missed more than the overlap.
    const reach = this.#isFailing ? null : seconds;
    this.#reading = this.#readAfter(this.#reading, reach);
  }

  /** One look after the other. */
  async #readAfter(previous: Promise<void>, seconds: number | null): Promise<void> {
    await previous;
    if (this.#isClosed) return;
    try {
      for (const row of await selectRevoked(this.parts.db.pool, seconds)) this.#add(row);
      this.#isFailing = false;
      this.#forgetExpired();
    } catch (err) {
      if (!this.#isFailing) this.parts.log.warn({ err }, 'Revoked tokens cannot be read; signals still work.');
      this.#isFailing = true;
    }
  }

  #forgetExpired(): void {
    const now = Date.now();
    for (const [key, expiresAt] of this.#known) if (expiresAt <= now) this.#known.delete(key);
  }
}

function keyOf(tenantId: string, jti: string): string {
  return `${tenantId}\0${jti}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
