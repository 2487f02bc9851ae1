// The app of createContext for route tests: a database of its own, tenants demo and other, tokens, messages by webhook.
import { randomBytes } from 'node:crypto';
import supertest from 'supertest';
import { createApp } from '../../apps/api/dist/app.js';
import { signToken } from '../../apps/api/dist/auth/sign.js';
import type { Role } from '../../apps/api/dist/auth/tokens.js';
import { parseConfig } from '../../apps/api/dist/config.js';
import type { Config } from '../../apps/api/dist/config.js';
import { createContext } from '../../apps/api/dist/create-context.js';
import { silentLog } from '../../apps/api/dist/db/db-log.js';
import { openEmbedded } from '../../apps/api/dist/db/embedded/open-embedded.js';
import { seedDemo } from '../../apps/api/dist/demo.js';
import type { LogEntry } from '../../apps/api/dist/events/entry.js';
import { createLog } from '../../apps/api/dist/log.js';
import { isOnPostgres } from '../support/on-postgres.js';
import { createTestDatabase } from '../support/postgres.js';
import { readSnapshot } from '../support/snapshot.js';

const AT = Date.parse('2024-05-02T13:05:00.000Z');

export type RestRig = Awaited<ReturnType<typeof createRestRig>>;

/** Makes the app with tenants `demo` (instances demo, instance-42) and `other`. */
export async function createRestRig(overrides: Partial<Config> = {}) {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const postgres = isOnPostgres ? await createTestDatabase() : null;
  const base = parseConfig({ NODE_ENV: 'test', PORT: '0' });
  const config = { ...base, dataDir: null, databaseUrl: postgres?.url ?? null, ...overrides };
  const db = postgres ? undefined : await openEmbedded({ snapshot: await readSnapshot(), log: silentLog });
  const ctx = await createContext(config, { log, ...(db && { db }) });
  await seedDemo(ctx.db);
  const emitted: LogEntry[] = [];
  const committed = ctx.hub.committed.bind(ctx.hub);
  ctx.hub.committed = (entries) => {
    emitted.push(...entries);
    committed(entries);
  };
  const app = createApp(ctx);
  const agent = supertest(app);

  async function token(role: Role = 'agent', claims: { tenantId?: string; sub?: string; jti?: string } = {}) {
    if (!ctx.secrets.jwtSecret) throw new Error('no secret to sign with');
    const payload = { tenantId: 'demo', sub: `${role}-1`, roles: [role], ...claims };
    return signToken(ctx.secrets.jwtSecret, payload);
  }
  async function as(role: Role = 'agent', claims: { tenantId?: string; sub?: string; jti?: string } = {}) {
    const bearer = `Bearer ${await token(role, claims)}`;
    return {
      get: (path: string) => agent.get(path).set('authorization', bearer),
      post: (path: string, body?: object) => agent.post(path).set('authorization', bearer).send(body),
      patch: (path: string, body: object) => agent.patch(path).set('authorization', bearer).send(body),
      delete: (path: string) => agent.delete(path).set('authorization', bearer),
    };
  }
  /** Posts inbound messages, one minute apart: the n-th has id `<prefix>-n` and text `Oi n`. */
  async function receive({ count = 1, phone = '+5511999999999', name = 'Maria', prefix = 'wamid' } = {}) {
    const events = Array.from({ length: count }, (_, n) => ({
      id: `${prefix}-${n}`,
      type: 'MESSAGE_INBOUND',
      instanceId: 'instance-42',
      timestamp: new Date(AT + n * 60_000).toISOString(),
      payload: {
        instanceId: 'instance-42',
        timestamp: new Date(AT + n * 60_000).toISOString(),
        contact: { phone, name },
        message: { conversation: `Oi ${n}` },
        metadata: { broker: 'baileys' },
      },
    }));
    return agent
      .post('/api/webhooks/whatsapp')
      .set('x-api-key', ctx.secrets.webhookApiKey ?? '')
      .send(events)
      .expect(202);
  }
  await (await as('operator')).post('/api/tenants', { id: 'other', name: 'Other' }).expect(201);

  return {
    ctx,
    app,
    agent,
    token,
    as,
    receive,
    emitted,
    lines,
    random: () => randomBytes(4).toString('hex'),
    async [Symbol.asyncDispose]() {
      await ctx[Symbol.asyncDispose]();
      await postgres?.[Symbol.asyncDispose]();
    },
  };
}
