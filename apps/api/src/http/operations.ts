// What machines ask: is it alive, is it ready, what does it measure, what does it offer.
import { Router } from 'express';
import type { Request, RequestHandler } from 'express';
import type { Context } from '../context.js';
import { selectIsMigrated } from '../db/sql/readiness.js';
import { RecadoError } from '../errors.js';
import { VERSION } from '../version.js';
import { assertAllowed, noteFailure } from './failed-credentials.js';
import type { Route } from './route.js';
import { isSame } from './webhook-credentials.js';

const READY_WITHIN_MS = 1_000;

/** `/healthz` (no database), `/readyz`, `/metrics`, `/openapi.json`. */
export function operationsRouter(ctx: Context, routes: readonly Route[]): Router {
  const router = Router();
  const openapi = lazily(() => describe(routes));
  router.get('/healthz', (_req, res) => void res.json({ ok: true }));
  router.get('/readyz', async (_req, res) => {
    const isReady = !ctx.stopping.aborted && (await answersInTime(ctx));
    if (!isReady) res.setHeader('Retry-After', '1');
    res.status(isReady ? 200 : 503).json({ ok: isReady });
  });
  router.get('/metrics', showMetrics(ctx));
  router.get('/openapi.json', async (_req, res) => void res.type('application/json').send(await openapi()));
  router.all(['/healthz', '/readyz', '/metrics', '/openapi.json'], (_req, res) => {
    res.setHeader('Allow', 'GET, HEAD');
    throw new RecadoError('METHOD_NOT_ALLOWED');
  });
  return router;
}

/** The document's text. It takes a tenth of a second to load and to make, which nobody's start should wait for. */
async function describe(routes: readonly Route[]): Promise<string> {
  const { createOpenApi } = await import('./openapi.js');
  return JSON.stringify(createOpenApi({ routes, version: VERSION }));
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

function showMetrics(ctx: Context): RequestHandler {
  return async (req, res) => {
    await assertMetricsAllowed(ctx, req);
    res.type(ctx.metrics.registry.contentType).send(await ctx.metrics.render());
  };
}

async function answersInTime(ctx: Context): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), READY_WITHIN_MS);
  });
  const answered = selectIsMigrated(ctx.db.pool).catch(() => false);
  try {
    return await Promise.race([answered, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function assertMetricsAllowed(ctx: Context, req: Request): Promise<void> {
  const { metricsToken, production } = ctx.config;
  if (metricsToken === null && !production) return;
  const given = /^bearer +(\S+) *$/i.exec(req.headers.authorization ?? '')?.[1];
  if (given === undefined) throw new RecadoError('CREDENTIALS_MISSING');
  if (metricsToken !== null && isSame(given, metricsToken)) return;
  await assertAllowed(req);
  await noteFailure(req);
  throw new RecadoError('CREDENTIALS_INVALID');
}
