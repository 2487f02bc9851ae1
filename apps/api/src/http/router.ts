// Builds the Express router of declared routes: credentials, roles, validation, handler, answer.
import { Router } from 'express';
import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import type { Context } from '../context.js';
import { RecadoError } from '../errors.js';
import { assertRole, authenticate } from './authenticate.js';
import { LARGE_BYTES } from './delivery-body.js';
import { detailsOf, sendError } from './error-response.js';
import { parseLargeJson } from './large-json.js';
import { parseJson } from './parse-json.js';
import { readRawBody } from './raw-body.js';
import type { Route } from './route.js';
import { assertStorable } from './storable.js';

/** The longest text an agent may send, 65,536 characters, spelled with escapes. */
const MAX_BODY_BYTES = 524_288;

/** A router that answers the routes; a known path with another method is 405 and names the right ones in Allow. */
export function createRouter(ctx: Context, routes: readonly Route[]): Router {
  const router = Router({ caseSensitive: true });
  for (const path of new Set(routes.map((declared) => declared.path))) {
    const declared = routes.filter((one) => one.path === path);
    for (const one of declared) router[one.method](path, answer(ctx, one));
    router.all(path, refuseMethod(declared));
  }
  return router;
}

function answer(ctx: Context, declared: Route): RequestHandler {
  return async (req, res) => {
    const principal = await authenticate(req, ctx.tokens);
    assertRole(principal, declared.roles);
    const result = await declared.handler(ctx, {
      params: readParams(declared.params, req),
      query: declared.query && validate(declared.query, req.query, 'query'),
      body: declared.body && validate(declared.body, await readBody(req), ''),
      headers: req.headers,
      principal,
      traceId: res.locals.traceId as string,
      setHeader: (name, value) => void res.setHeader(name, value),
    });
    send(res, declared, result);
  };
}

function send(res: Response, { response }: Route, result: unknown): void {
  res.status(response.status);
  res.setHeader('Cache-Control', 'no-store');
  if (response.schema === null) res.end();
  else res.json(result);
}

function refuseMethod(declared: Route[]): RequestHandler {
  const methods = declared.map(({ method }) => method.toUpperCase());
  const allow = [...new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods)].join(', ');
  return (_req, res) => {
    res.setHeader('Allow', allow);
    sendError(res, new RecadoError('METHOD_NOT_ALLOWED'));
  };
}

function readParams(schema: z.ZodType | undefined, req: Request): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(req.params);
  if (!result.success) throw new RecadoError('NOT_FOUND');
  return result.data;
}

async function readBody(req: Request): Promise<unknown> {
  const bytes = await readRawBody(req, { maxBytes: MAX_BODY_BYTES });
  return bytes.length > LARGE_BYTES ? (await parseLargeJson(bytes)).value : parseJson(bytes);
}

function validate(schema: z.ZodType, input: unknown, root: string): unknown {
  assertStorable(input, root);
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const details = detailsOf(result.error).map((detail) => ({
    ...detail,
    path: [root, detail.path].filter(Boolean).join('.'),
  }));
  throw new RecadoError('VALIDATION_FAILED', { details });
}
