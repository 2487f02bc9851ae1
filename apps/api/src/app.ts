// The Express app: what answers which path, in which order.
import express from 'express';
import type { Express } from 'express';
import helmet from 'helmet';
import type { Context } from './context.js';
import { countParked } from './db/sql/dead-letters.js';
import { RecadoError } from './errors.js';
import { crossOrigin } from './http/cross-origin.js';
import { errorHandler } from './http/error-response.js';
import { operationsRouter } from './http/operations.js';
import { createRouter } from './http/router.js';
import { ROUTES } from './http/routes/index.js';
import { traced } from './http/trace-id.js';
import { webhookRouter } from './http/webhooks.js';

/** Makes the app. It does not listen: `createHttpServer(app)` does. */
export function createApp(ctx: Context): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', ctx.config.trustProxy);
  ctx.metrics.observe({
    parked: async () => Object.fromEntries((await countParked(ctx.db.pool)).map(({ kind, n }) => [kind, n])),
  });

  app.use(traced);
  // Before everything made for browsers: the hot path pays for none of it.
  app.use(webhookRouter(ctx));
  app.use(helmet(), crossOrigin(ctx.config.corsOrigins));
  app.use(operationsRouter(ctx, ROUTES));
  app.use(createRouter(ctx, ROUTES));
  app.use(() => {
    throw new RecadoError('NOT_FOUND');
  });
  app.use(errorHandler(ctx.log));
  return app;
}
