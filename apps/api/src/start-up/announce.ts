// Says that the service is up: plain lines on a terminal, one JSON line in the log elsewhere.
import { signToken } from '../auth/sign.js';
import { DEMO_INSTANCES, DEMO_TENANT } from '../demo.js';
import type { Service } from '../service.js';
import { announcementLines } from './announcement.js';
import type { Announced } from './announcement.js';
import type { Screen } from './progress.js';

const TOKEN_HOURS = 12;

/** Writes the announcement to the terminal, or logs `ready` when there is none. Production gets no token and no key. */
export async function announce(service: Service, terminal: Screen | null): Promise<void> {
  const { ctx, url, hasDemo } = service;
  for (const warning of ctx.config.warnings) ctx.log.warn(warning);
  const data = whereTheDataIs(service);
  if (!terminal) {
    ctx.log.info({ url, data: data.kind }, 'ready');
    return;
  }
  const token = hasDemo ? await demoToken(service) : null;
  const lines = announcementLines({
    url,
    production: ctx.config.production,
    data,
    webhookApiKey: ctx.secrets.webhookApiKey,
    sampleInstance: hasDemo ? DEMO_INSTANCES[0] : null,
    token,
  });
  terminal.write(`${lines.join('\n')}\n`);
}

function whereTheDataIs({ ctx }: Service): Announced['data'] {
  const { databaseUrl, dataDir } = ctx.config;
  return databaseUrl === null
    ? { kind: 'embedded', dir: dataDir }
    : { kind: 'postgres', host: new URL(databaseUrl).host };
}

async function demoToken({ ctx }: Service): Promise<Announced['token']> {
  if (ctx.config.production || !ctx.secrets.jwtSecret) return null;
  const sub = 'admin-1';
  const text = await signToken(ctx.secrets.jwtSecret, {
    sub,
    tenantId: DEMO_TENANT,
    roles: ['admin'],
    expiresInSeconds: TOKEN_HOURS * 3600,
    issuer: ctx.config.jwt.issuer,
    audience: ctx.config.jwt.audience,
  });
  return { text, sub, tenantId: DEMO_TENANT, hours: TOKEN_HOURS };
}
