// Boots the real service on a free port, with a database of its own, for one test or one file.
import { silentLog } from '../../apps/api/dist/db/db-log.js';
import { openEmbedded } from '../../apps/api/dist/db/embedded/open-embedded.js';
import { signToken } from '../../apps/api/dist/auth/sign.js';
import type { TokenClaims } from '../../apps/api/dist/auth/sign.js';
import { parseConfig } from '../../apps/api/dist/config.js';
import type { Config } from '../../apps/api/dist/config.js';
import type { Context } from '../../apps/api/dist/context.js';
import type { ContextOverrides } from '../../apps/api/dist/create-context.js';
import { startService } from '../../apps/api/dist/service.js';
import { isOnPostgres } from './on-postgres.js';
import { createTestDatabase } from './postgres.js';
import { readSnapshot } from './snapshot.js';
import { connectSocket } from './socket.js';
import type { SocketOptions, TestSocket } from './socket.js';

/** What a request was answered with; `body` is parsed JSON, or text when it is none. */
export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

/** What a request may carry; `json` becomes the body. */
type RequestOptions = Omit<RequestInit, 'headers'> & { headers?: Record<string, string>; json?: unknown };

/** A booted service and the hands to touch it with. */
export interface Rig extends AsyncDisposable {
  url: string;
  ctx: Context;
  /** A token of tenant `demo`; an agent unless `claims` say otherwise. */
  token(claims?: Partial<TokenClaims>): Promise<string>;
  /** `fetch` with a bearer token; a `json` option becomes the body. */
  api(token: string): (path: string, options?: RequestOptions) => Promise<Answer>;
  /** Posts to the shared webhook path with the installation's key, or to `path`. Strings and bytes go as they are. */
  webhook(body: unknown, options?: { path?: string; headers?: Record<string, string> }): Promise<Answer>;
  /** A connected Socket.IO client; it is closed with the rig. */
  socket(options?: SocketOptions): Promise<TestSocket>;
  close(): Promise<void>;
}

/** Boots with what the tests need: no log, port 0, nothing on disk, the demo tenant. `overrides` go over the configuration. */
export async function bootService(overrides: Partial<Config> = {}, parts: ContextOverrides = {}): Promise<Rig> {
  const database = await openTestDatabase(overrides, parts);
  const base = parseConfig({ NODE_ENV: 'test', PORT: '0', LOG_LEVEL: 'silent' });
  const config: Config = { ...base, dataDir: null, databaseUrl: database.url, ...overrides };
  const service = await startService(config, { ...database.parts, ...parts });
  const sockets: TestSocket[] = [];
  const { url, ctx } = service;

  async function token(claims: Partial<TokenClaims> = {}): Promise<string> {
    if (!ctx.secrets.jwtSecret) throw new Error('this rig verifies tokens it cannot sign');
    return signToken(ctx.secrets.jwtSecret, { sub: 'agent-1', tenantId: 'demo', roles: ['agent'], ...claims });
  }
  async function close(): Promise<void> {
    for (const socket of sockets) socket.client.disconnect();
    await service.close();
    await database.drop();
  }

  return {
    url,
    ctx,
    token,
    api: (bearer) => (path, options) =>
      request(url + path, { ...options, headers: { authorization: `Bearer ${bearer}`, ...options?.headers } }),
    webhook: (body, options = {}) =>
      request(url + (options.path ?? '/api/webhooks/whatsapp'), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-api-key': ctx.secrets.webhookApiKey ?? '',
          ...options.headers,
        },
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
    async socket(options = {}) {
      const socket = await connectSocket(url, { ...options, token: options.token ?? (await token()) });
      sockets.push(socket);
      return socket;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function request(url: string, { json, ...options }: RequestOptions): Promise<Answer> {
  const headers = new Headers(options.headers);
  if (json !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
  const response = await fetch(url, { ...options, headers, ...(json !== undefined && { body: JSON.stringify(json) }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parseOr(text) };
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

interface RigDatabase {
  url: string | null;
  parts: ContextOverrides;
  drop(): Promise<void>;
}

async function openTestDatabase(overrides: Partial<Config>, parts: ContextOverrides): Promise<RigDatabase> {
  const isGiven = parts.db !== undefined || overrides.databaseUrl !== undefined || overrides.dataDir !== undefined;
  if (isGiven) return { url: null, parts: {}, drop: () => Promise.resolve() };
  if (isOnPostgres) {
    const database = await createTestDatabase();
    return { url: database.url, parts: {}, drop: async () => database[Symbol.asyncDispose]() };
  }
  const db = await openEmbedded({ snapshot: await readSnapshot(), log: silentLog });
  return { url: null, parts: { db }, drop: () => Promise.resolve() };
}
