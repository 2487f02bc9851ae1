// The tenants followed in this process: their cursors, their followers, and the reading of the log for what is missing.
import type { Queryable } from '../db/database.js';
import type { LogPosition } from '../events/entry.js';
import { readNews, readPositions } from '../events/tail.js';
import type { Release } from './cursor.js';
import { Cursor } from './cursor.js';
import type { Follower, Following } from './hub.js';
import type { RealtimeLog, RealtimeMetrics } from './ports.js';
import { Retry } from './retry.js';

/** Events of one tenant read at a time. */
const NEWS_LIMIT = 200;

interface FollowedTenantsParts {
  pool: Queryable;
  log: RealtimeLog;
  holeMs: number;
  emitDelay: RealtimeMetrics['emitDelaySeconds'] | undefined;
}

interface Followed {
  /** Null until the head was read; what comes before is kept in `early`. */
  cursor: Cursor | null;
  early: Release[];
  /** Another process committed while the head was being read. */
  isStale: boolean;
  followers: Set<Follower>;
  holeTimer: NodeJS.Timeout | null;
  started: Promise<boolean>;
}

/** Keeps every followed tenant's cursor at the head of its log. */
export class FollowedTenants {
  readonly #tenants = new Map<string, Followed>();
  readonly #dirty = new Set<string>();
  readonly #reader: Retry;
  #shouldSweep = false;

  constructor(private readonly parts: FollowedTenantsParts) {
    this.#reader = new Retry(() => this.#read(), parts.log);
  }

  async follow(tenantId: string, follower: Follower): Promise<Following | null> {
    const followed = this.#tenants.get(tenantId) ?? this.#begin(tenantId);
    followed.followers.add(follower);
    const unfollow = (): void => this.#unfollow(tenantId, followed, follower);
    try {
      const cursor = (await followed.started) ? followed.cursor : null;
      if (!cursor) {
        unfollow();
        return null;
      }
      return { position: () => ({ epoch: cursor.epoch, seq: cursor.seq }), unfollow };
    } catch (error) {
      unfollow();
      throw error;
    }
  }

  /** Entries of an own commit, or read from the log. */
  offer(tenantId: string, releases: readonly Release[]): void {
    const followed = this.#tenants.get(tenantId);
    if (!followed) return;
    if (!followed.cursor) {
      followed.early.push(...releases);
      return;
    }
    const ready = followed.cursor.offer(releases, performance.now());
    if (ready.length > 0) this.#deliver(followed, ready);
    if (releases.some(({ entry }) => entry.epoch !== followed.cursor?.epoch)) this.sweep();
    this.#watchHole(tenantId, followed);
  }

  /** Another process committed: read what is not here yet. */
  heard(heads: ReadonlyMap<string, number>): void {
    for (const [tenantId, head] of heads) {
      const followed = this.#tenants.get(tenantId);
      if (!followed) continue;
      if (!followed.cursor) followed.isStale = true;
      else if (followed.cursor.seq < head) this.#dirty.add(tenantId);
    }
    if (this.#dirty.size > 0) this.#reader.run();
  }

  /** Looks at the head of every followed tenant. */
  sweep(): void {
    if (this.#tenants.size === 0) return;
    this.#shouldSweep = true;
    this.#reader.run();
  }

  async close(): Promise<void> {
    for (const followed of this.#tenants.values()) clearHole(followed);
    this.#tenants.clear();
    await this.#reader.close();
  }

  #deliver(followed: Followed, ready: readonly Release[]): void {
    for (const follower of followed.followers) follower.deliver(ready);
    const now = performance.now();
    for (const { committedAt } of ready) {
      if (committedAt !== null) this.parts.emitDelay?.observe((now - committedAt) / 1000);
    }
  }

  #begin(tenantId: string): Followed {
    const followed: Followed = {
      cursor: null,
      early: [],
      isStale: false,
      followers: new Set(),
      holeTimer: null,
      started: readPositions(this.parts.pool, [tenantId]).then((positions) => {
        const position = positions.get(tenantId);
        if (!position) return false;
        followed.cursor = new Cursor(position.epoch, position.head);
        this.offer(tenantId, followed.early.splice(0));
        if (followed.isStale) this.heard(new Map([[tenantId, Infinity]]));
        return true;
      }),
    };
    this.#tenants.set(tenantId, followed);
    return followed;
  }

  #unfollow(tenantId: string, followed: Followed, follower: Follower): void {
    followed.followers.delete(follower);
    if (followed.followers.size > 0) return;
    clearHole(followed);
    if (this.#tenants.get(tenantId) === followed) this.#tenants.delete(tenantId);
  }

  /** A hole that stands for `holeMs` is another process's commit whose wake-up was lost. */
  #watchHole(tenantId: string, followed: Followed): void {
    const since = followed.cursor?.heldSince ?? null;
    if (since === null) {
      clearHole(followed);
    } else if (!followed.holeTimer) {
      const wait = Math.max(0, since + this.parts.holeMs - performance.now());
      followed.holeTimer = setTimeout(() => {
        followed.holeTimer = null;
        if (followed.cursor?.heldSince === since) {
          this.#dirty.add(tenantId);
          this.#reader.run();
        } else {
          this.#watchHole(tenantId, followed);
        }
      }, wait);
    }
  }

  /** One round: the heads when a sweep is due, then one query for all dirty tenants. Returns whether more is waiting. */
  async #read(): Promise<boolean> {
    if (this.#shouldSweep) await this.#readHeads();
    this.#shouldSweep = false;
    const cursors = [...this.#dirty].flatMap((tenantId) => {
      const cursor = this.#tenants.get(tenantId)?.cursor;
      return cursor ? [{ tenantId, after: cursor.seq, epoch: cursor.epoch }] : [];
    });
    const asked = new Set(this.#dirty);
    this.#dirty.clear();
    if (cursors.length === 0) return false;
    try {
      const news = await readNews(this.parts.pool, cursors, NEWS_LIMIT);
      for (const [tenantId, entries] of news) {
        if (entries.length === NEWS_LIMIT) this.#dirty.add(tenantId);
        this.offer(
          tenantId,
          entries.map((entry) => ({ entry, committedAt: null })),
        );
      }
    } catch (error) {
      for (const tenantId of asked) this.#dirty.add(tenantId);
      throw error;
    }
    return this.#dirty.size > 0 || this.#shouldSweep;
  }

  async #readHeads(): Promise<void> {
    // The cursors of now: what moves while the heads are read is no sign of a log that was cut.
    const before = new Map([...this.#tenants].map(([tenantId, followed]) => [tenantId, followed.cursor?.seq]));
    const positions = await readPositions(this.parts.pool, [...before.keys()]);
    for (const [tenantId, position] of positions) {
      const followed = this.#tenants.get(tenantId);
      const seq = before.get(tenantId);
      if (!followed?.cursor || seq === undefined) continue;
      if (position.epoch !== followed.cursor.epoch || position.floor > followed.cursor.seq || position.head < seq) {
        restart(followed, position);
      } else if (position.head > followed.cursor.seq) {
        this.#dirty.add(tenantId);
      }
    }
  }
}

function restart(followed: Followed, position: LogPosition): void {
  clearHole(followed);
  followed.cursor?.reset(position.epoch, position.head);
  for (const follower of followed.followers) follower.restarted({ epoch: position.epoch, seq: position.head });
}

function clearHole(followed: Followed): void {
  if (followed.holeTimer) clearTimeout(followed.holeTimer);
  followed.holeTimer = null;
}
