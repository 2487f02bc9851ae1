// The order of one tenant's events: whatever comes, and however often, only `seq = cursor + 1` goes out.
import type { LogEntry } from '../events/entry.js';

/** An entry on its way out. `committedAt` (ms, performance clock) is null for an entry that was read from the log. */
export interface Release {
  entry: LogEntry;
  committedAt: number | null;
}

/** Beyond this many held entries the log is read instead of holding more. */
export const MAX_HELD = 2_000;

/** Holds what came too early, drops what is known, releases the rest in order. */
export class Cursor {
  readonly #held = new Map<number, Release>();
  /** When the hole in front of the held entries appeared (the caller's clock), or null. */
  heldSince: number | null = null;

  constructor(
    public epoch: string,
    public seq: number,
  ) {}

  /** Takes entries in any order and returns those that can go out now, in order. */
  offer(releases: readonly Release[], now: number): Release[] {
    const ready: Release[] = [];
    for (const release of releases) {
      const { seq, epoch } = release.entry;
      if (epoch !== this.epoch || seq <= this.seq) continue;
      if (seq === this.seq + 1) {
        this.#advance(release, ready);
      } else if (this.#held.size < MAX_HELD && !this.#held.has(seq)) {
        this.#held.set(seq, release);
      }
    }
    // A hole that moved is a new hole: only one that stands still is worth reading the log for.
    if (this.#held.size === 0) this.heldSince = null;
    else if (ready.length > 0 || this.heldSince === null) this.heldSince = now;
    return ready;
  }

  /** Starts again at another place, forgetting what was held. */
  reset(epoch: string, seq: number): void {
    this.#held.clear();
    this.heldSince = null;
    this.epoch = epoch;
    this.seq = seq;
  }

  #advance(first: Release, ready: Release[]): void {
    let next: Release | undefined = first;
    while (next) {
      ready.push(next);
      this.#held.delete(next.entry.seq);
      this.seq = next.entry.seq;
      next = this.#held.get(this.seq + 1);
    }
  }
}
