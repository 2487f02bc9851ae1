// A realtime node without the rest of the service: http server, hub, tokens and doors on a database of its own.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes, randomUUID } from 'node:crypto';
import { type ManagerOptions, type Socket, type SocketOptions, io } from 'socket.io-client';
import { createTokens } from '../../apps/api/dist/auth/create-tokens.js';
import { signToken, type TokenClaims } from '../../apps/api/dist/auth/sign.js';
import type { Database } from '../../apps/api/dist/db/database.js';
import { createSignals } from '../../apps/api/dist/db/create-signals.js';
import { openEmbedded } from '../../apps/api/dist/db/embedded/open-embedded.js';
import { migrate } from '../../apps/api/dist/db/migrate.js';
import { openDatabase } from '../../apps/api/dist/db/open.js';
import type { Signals } from '../../apps/api/dist/db/signals.js';
import { type LogEntry, composePayload } from '../../apps/api/dist/events/entry.js';
import { createHub } from '../../apps/api/dist/realtime/hub.js';
import { createRealtime } from '../../apps/api/dist/realtime/create-realtime.js';
import type { RealtimeLimits } from '../../apps/api/dist/realtime/limits.js';
import { readSnapshot } from '../support/snapshot.js';
import { isOnPostgres } from '../support/on-postgres.js';
import { createTestDatabase } from '../support/postgres.js';

export const secret = randomBytes(32);
const silent = { info() {}, warn() {}, error() {} };

export interface Store {
  db: Database;
  /** Undefined for the embedded database, which only one process can have. */
  url: string | undefined;
  close(): Promise<void>;
}

/** A migrated database of one's own, of the kind this run is for. */
export async function openStore(): Promise<Store> {
  if (!isOnPostgres) {
    const db = await openEmbedded({ snapshot: await readSnapshot(), log: silent });
    return { db, url: undefined, close: () => db.close() };
  }
  const created = await createTestDatabase();
  const db = await openDatabase({ url: created.url, poolSize: 6 });
  await migrate(db);
  return {
    db,
    url: created.url,
    async close() {
      await db.close();
      await created[Symbol.asyncDispose]();
    },
  };
}

/** A tenant with an empty log; returns its id. */
export async function addTenant(db: Database, epoch = 'e1'): Promise<string> {
  const id = `t${randomUUID().slice(0, 8)}`;
  await db.pool.query('insert into tenants (id, name) values ($1, $1)', [id]);
  await db.pool.query('insert into streams (tenant_id, epoch) values ($1, $2)', [id, epoch]);
  return id;
}

export async function addTicket(db: Database, tenantId: string): Promise<string> {
  const id = randomUUID();
  await db.pool.query(
    `insert into tickets (tenant_id, id, instance_id, chat, contact_id, status) values ($1, $2, 'i', $3, $4, 'OPEN')`,
    [tenantId, id, randomUUID(), randomUUID()],
  );
  return id;
}

/** Appends to a tenant's log as the service does: one commit, seq counted under a lock. */
export async function append(db: Database, tenantId: string, count = 1, filler = ''): Promise<LogEntry[]> {
  return db.transaction(async (client) => {
    await client.query('select pg_advisory_xact_lock(7301, hashtext($1))', [tenantId]);
    const { rows } = await client.query<{ epoch: string; head: string }>(
      `select epoch, greatest(floor_seq, coalesce((select max(seq) from events where tenant_id = $1), 0)) as head
       from streams where tenant_id = $1`,
      [tenantId],
    );
    const { epoch, head } = rows[0] ?? { epoch: '', head: '0' };
    const entries = Array.from({ length: count }, (_, index) => {
      const [seq, eventId] = [Number(head) + index + 1, randomUUID()];
      const stored = `{"tenantId":"${tenantId}","text":"ação  ${seq}", "filler":"${filler}"}`;
      const payload = composePayload({ eventId, epoch, seq }, stored);
      return {
        entry: { tenantId, epoch, seq, eventId, type: 'ticket.message' as const, payload, contactId: null },
        stored,
      };
    });
    await client.query(
      `insert into events (tenant_id, seq, event_id, type, payload, trace_id, occurred_at)
       select $1, s, e, 'ticket.message', p, 'trace', now() from unnest($2::bigint[], $3::uuid[], $4::json[]) as n(s, e, p)`,
      [
        tenantId,
        entries.map(({ entry }) => entry.seq),
        entries.map(({ entry }) => entry.eventId),
        entries.map((e) => e.stored),
      ],
    );
    return entries.map(({ entry }) => entry);
  });
}

export interface Node {
  url: string;
  port: number;
  hub: ReturnType<typeof createHub>;
  tokens: Awaited<ReturnType<typeof createTokens>>;
  signals: Signals;
  /** Sockets the gauge counts. */
  sockets(): number;
  emitDelays: number[];
  close(): Promise<void>;
}

/** A node on port 0. */
export async function startNode(
  store: Omit<Store, 'close'>,
  options: {
    limits?: Partial<RealtimeLimits>;
    maxConnections?: number;
    corsOrigins?: string[] | null;
    holeMs?: number;
    sweepMs?: number;
    signals?: Signals;
  } = {},
): Promise<Node> {
  const { db } = store;
  const signals = options.signals ?? createSignals(db, { url: store.url, log: silent });
  const keys = { secret, publicKey: null, jwksUrl: null, issuer: null, audience: null };
  const tokens = await createTokens({ db, signals, log: silent, keys });
  let open = 0;
  const emitDelays: number[] = [];
  const metrics = {
    sockets: { inc: () => void (open += 1), dec: () => void (open -= 1) },
    emitDelaySeconds: { observe: (seconds: number) => void emitDelays.push(seconds) },
  };
  const { holeMs, sweepMs } = options;
  const hub = createHub({ db, signals, log: silent, metrics, ...(holeMs && { holeMs }), ...(sweepMs && { sweepMs }) });
  const server = createServer((_request, response) => response.writeHead(404).end());
  const config = { realtimeMaxConnections: options.maxConnections ?? 10_000, corsOrigins: options.corsOrigins ?? null };
  const limits = { closeGraceMs: 300, ...options.limits };
  const realtime = createRealtime({ server, hub, tokens, db, signals, config, log: silent, metrics, limits });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    hub,
    tokens,
    signals,
    sockets: () => open,
    emitDelays,
    async close() {
      await realtime.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await hub.close();
      await tokens.close();
      await signals.close();
    },
  };
}

/** A token of the tenant for agent-1 unless told otherwise. */
export async function token(tenantId: string, claims: Partial<TokenClaims> = {}): Promise<string> {
  return signToken(secret, { sub: 'agent-1', roles: ['agent'], tenantId, ...claims });
}

/** A stock client that writes down every frame. */
export interface Screen {
  socket: Socket;
  frames: { event: string; data: Record<string, unknown> }[];
  /** The raw texts as they came, without Socket.IO's packet type. */
  texts: string[];
  seqs(): number[];
  first(event: string): Record<string, unknown> | undefined;
}

export function connect(url: string, options: Partial<ManagerOptions & SocketOptions> = {}): Screen {
  const socket = io(url, { path: '/socket.io', forceNew: true, reconnection: false, timeout: 8000, ...options });
  const screen: Screen = {
    socket,
    frames: [],
    texts: [],
    seqs: () => screen.frames.filter(({ event }) => event === 'ticket.message').map(({ data }) => Number(data['seq'])),
    first: (event) => screen.frames.find((frame) => frame.event === event)?.data,
  };
  socket.onAny((event: string, data: Record<string, unknown>) => screen.frames.push({ event, data }));
  socket.io.on('open', () => {
    socket.io.engine.on('data', (data: unknown) => {
      if (typeof data === 'string' && data.startsWith('2["ticket.message"')) screen.texts.push(data.slice(1));
    });
  });
  return screen;
}

/** Connects and waits for `ready`; fails with what the server answered. */
export async function join(url: string, options: Partial<ManagerOptions & SocketOptions>): Promise<Screen> {
  const screen = connect(url, options);
  await new Promise<void>((resolve, reject) => {
    screen.socket.once('ready', () => resolve());
    screen.socket.once('connect_error', reject);
  });
  return screen;
}

/** Polls a condition until it holds. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
