// The realtime room, composed: doors, sessions, rooms, revocation, and the orderly end.
import type { Server } from 'node:http';
import { CONTRACTS } from '@recado/wire';
import type { Tokens } from '../auth/tokens.js';
import type { Database } from '../db/database.js';
import type { Signals } from '../db/signals.js';
import type { RealtimeHub } from './hub.js';
import { DEFAULT_LIMITS, type RealtimeLimits } from './limits.js';
import type { RealtimeLog, RealtimeMetrics } from './ports.js';
import { createRelay, type RelayMember } from './relay.js';
import { Rooms } from './rooms.js';
import { Session, type SessionHouse } from './session.js';
import { createSocketIoDoor } from './socketio-door.js';
import { refuseOtherUpgrades } from './upgrade-router.js';

/** Sockets closed per millisecond when the service stops. */
const CLOSES_PER_MS = 1;

export interface RealtimeParts {
  server: Server;
  hub: RealtimeHub;
  tokens: Tokens;
  db: Database;
  signals: Signals;
  config: { realtimeMaxConnections: number; corsOrigins: string[] | null };
  log: RealtimeLog;
  metrics: RealtimeMetrics;
  /** For tests. */
  limits?: Partial<RealtimeLimits>;
}

/** Opens the doors on the server. `close` tells every socket (1001, spread over time) and waits until they are gone. */
export function createRealtime(parts: RealtimeParts): { close(): Promise<void> } {
  const { server, hub, tokens, db, signals, config, log, metrics } = parts;
  const limits = { ...DEFAULT_LIMITS, ...parts.limits };
  const rooms = new Rooms<RelayMember>();
  const house: SessionHouse = { hub, pool: db.pool, rooms, relay: createRelay(rooms, signals), limits, log };
  const sessions = new Set<Session>();

  const door = createSocketIoDoor({
    server,
    contracts: Object.values(CONTRACTS),
    tokens,
    config,
    limits,
    admit(seat) {
      const session = new Session(house, {
        ...seat,
        onEnded(ended) {
          sessions.delete(ended);
          metrics.sockets.dec({ contract: seat.contract.name });
        },
      });
      sessions.add(session);
      metrics.sockets.inc({ contract: seat.contract.name });
      return session;
    },
  });
  refuseOtherUpgrades(server, (path) => path.startsWith('/socket.io/'));

  tokens.onRevoked((tenantId, jti) => {
    for (const session of sessions) {
      if (session.tenantId === tenantId && session.identity.jti === jti) session.close(4401);
    }
  });

  return {
    async close() {
      door.shut();
      const spreadMs = Math.min(limits.drainMs, sessions.size / CLOSES_PER_MS);
      for (const session of sessions) setTimeout(() => session.close(1001), Math.random() * spreadMs);
      await door.close(spreadMs + limits.closeGraceMs + 500);
    },
  };
}
