// The Socket.IO door: one namespace per contract, handshake, limits; everything after it is the session's.
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { WireContract } from '@recado/wire';
import type { Socket } from 'socket.io';
import { Server } from 'socket.io';
import type { Principal, Tokens } from '../auth/tokens.js';
import { RecadoError, toErrorBody } from '../errors.js';
import { ConnectionGuard } from './connection-guard.js';
import { closeConnection, type EngineConnection } from './engine-connection.js';
import { readHandshake } from './handshake.js';
import type { RealtimeLimits } from './limits.js';
import { isOriginAllowed } from './origin.js';
import type { Seat, Session } from './session.js';
import { createSocketIoTransport } from './socketio-transport.js';
import type { Reply } from './transport.js';

export interface SocketIoDoorParts {
  server: HttpServer;
  contracts: readonly WireContract[];
  tokens: Tokens;
  config: { realtimeMaxConnections: number; corsOrigins: string[] | null };
  limits: RealtimeLimits;
  /** Sits a verified caller down. */
  admit: (seat: Omit<Seat, 'onEnded'>) => Session;
}

/** `shut` refuses new connections; `close` resolves when the open ones are gone or the time is up. */
export interface Door {
  shut(): void;
  close(withinMs: number): Promise<void>;
}

/** Attaches Socket.IO to the server under /socket.io. */
export function createSocketIoDoor(parts: SocketIoDoorParts): Door {
  const { config, limits } = parts;
  const connections = new Set<EngineConnection>();
  const seated = new WeakSet<EngineConnection>();
  const guard = new ConnectionGuard(limits.closeGraceMs);
  let isShut = false;

  function allowed(request: Pick<IncomingMessage, 'headers'>): boolean {
    return isOriginAllowed(request.headers.origin, request.headers.host, config.corsOrigins);
  }

  const io = new Server(parts.server, {
    path: '/socket.io',
    serveClient: false,
    destroyUpgrade: false,
    allowEIO3: false,
    transports: ['polling', 'websocket'],
    maxHttpBufferSize: limits.maxFrameBytes,
    pingInterval: limits.pingIntervalMs,
    pingTimeout: limits.pingTimeoutMs,
    // Ours comes first and gives its reason.
    connectTimeout: limits.authMs + 5_000,
    perMessageDeflate: false,
    httpCompression: false,
    cors: (request, answer) => answer(null, { origin: allowed(request), credentials: true }),
    allowRequest(request, answer) {
      if (isShut || connections.size >= config.realtimeMaxConnections) answer('No room for another socket.', false);
      else if (!allowed(request)) answer('ORIGIN_FORBIDDEN', false);
      else answer(null, true);
    },
  });

  io.engine.on('connection', (connection: EngineConnection) => {
    connections.add(connection);
    const timer = setTimeout(() => {
      if (!seated.has(connection)) closeConnection(connection, { code: 4408, graceMs: limits.closeGraceMs });
    }, limits.authMs);
    connection.once('close', () => {
      clearTimeout(timer);
      connections.delete(connection);
    });
  });

  for (const contract of parts.contracts) {
    const principals = new WeakMap<Socket, Principal>();
    const namespace = io.of(contract.namespace);

    async function authenticate(socket: Socket, next: (error?: Error) => void): Promise<void> {
      if (!guard.enter(socket.conn, contract.namespace)) return;
      try {
        principals.set(socket, await parts.tokens.verifySocket(readHandshake(socket.handshake).token));
      } catch (error) {
        guard.refuse(socket.conn, contract.namespace);
        return next(toConnectError(error));
      }
      next();
    }

    namespace.use((socket, next) => {
      void authenticate(socket, next);
    });
    namespace.on('connection', (socket) => {
      const principal = principals.get(socket);
      if (!principal) return;
      seated.add(socket.conn);
      const { since } = readHandshake(socket.handshake);
      const transport = createSocketIoTransport(socket);
      const session = parts.admit({ contract, principal, params: {}, transport, since });
      socket.onAny((name: unknown, ...args: unknown[]) => {
        const reply = typeof args.at(-1) === 'function' ? (args.pop() as Reply) : () => {};
        session.receive({ name: String(name), args }, reply);
      });
      socket.on('disconnect', () => {
        guard.leave(socket.conn, contract.namespace);
        session.end();
      });
      void session.start();
    });
  }

  return {
    shut() {
      isShut = true;
    },
    async close(withinMs) {
      const deadline = AbortSignal.timeout(withinMs);
      const gone = [...connections].map((connection) => new Promise((resolve) => connection.once('close', resolve)));
      await Promise.race([Promise.all(gone), new Promise((resolve) => deadline.addEventListener('abort', resolve))]);
      io.engine.close();
    },
  };
}

/** What the client sees as `connect_error`: the message, and the error object in `data`. */
function toConnectError(error: unknown): Error {
  const known = error instanceof RecadoError ? error : new RecadoError('UNAVAILABLE', { cause: error });
  return Object.assign(new Error(known.message), { data: toErrorBody(known) });
}
