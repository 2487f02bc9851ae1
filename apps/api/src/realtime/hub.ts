// The realtime hub: one cursor per followed tenant, delivers seq = cursor + 1 and nothing else (DESIGN 5).
import type { Database } from '../db/database.js';
import type { Signals } from '../db/signals.js';
import { byTenant } from '../events/by-tenant.js';
import type { LogEntry } from '../events/entry.js';
import type { Release } from './cursor.js';
import { FollowedTenants } from './followed-tenants.js';
import { formatLogSignal, parseLogSignal } from './log-signal.js';
import type { RealtimeLog, RealtimeMetrics } from './ports.js';

/** What the rest of the service hands to the hub: entries of its own commits, after COMMIT, in any order. */
export interface Hub {
  committed(entries: LogEntry[]): void;
}

/** A follower hears a tenant's events in order, without gaps or doubles, in the tick they are released. */
export interface Follower {
  deliver(releases: readonly Release[]): void;
  /** The log was replaced or cut under the cursor: live begins again after `seq`. */
  restarted(position: { epoch: string; seq: number }): void;
}

/** A follower's hold on a tenant. `position` is the tenant's cursor now: everything up to it was delivered. */
export interface Following {
  position(): { epoch: string; seq: number };
  unfollow(): void;
}

export interface RealtimeHub extends Hub, AsyncDisposable {
  /** Follows a tenant from its head on; null when it has no log. Throws when the database cannot be read. */
  follow(tenantId: string, follower: Follower): Promise<Following | null>;
  close(): Promise<void>;
}

/** What the hub is made of. `sweepMs` and `holeMs` are for tests. */
export interface HubParts {
  db: Database;
  signals: Signals;
  log: RealtimeLog;
  /** Told the time from an own commit to its delivery, when there was anybody to deliver to. */
  metrics?: Pick<RealtimeMetrics, 'emitDelaySeconds'>;
  /** How often followed tenants' heads are looked at, for lost wake-ups. */
  sweepMs?: number;
  /** How long a hole may stand before the log is read for it. */
  holeMs?: number;
}

/** Starts the hub. It costs the database nothing while no tenant is followed. */
export function createHub({ db, signals, log, metrics, sweepMs = 1_000, holeMs = 50 }: HubParts): RealtimeHub {
  const tenants = new FollowedTenants({ pool: db.pool, log, holeMs, emitDelay: metrics?.emitDelaySeconds });
  const sweeper = setInterval(() => tenants.sweep(), sweepMs);
  sweeper.unref();

  signals.subscribe('log', (payload) => tenants.heard(parseLogSignal(payload)));
  signals.onReconnect(() => tenants.sweep());

  async function close(): Promise<void> {
    clearInterval(sweeper);
    await tenants.close();
  }

  return {
    committed(entries) {
      if (entries.length === 0) return;
      const committedAt = performance.now();
      const groups = byTenant(entries);
      for (const [tenantId, own] of groups) {
        tenants.offer(
          tenantId,
          own.map((entry) => ({ entry, committedAt })),
        );
      }
      signals.publish('log', formatLogSignal(groups));
    },
    async follow(tenantId, follower) {
      return tenants.follow(tenantId, follower);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
