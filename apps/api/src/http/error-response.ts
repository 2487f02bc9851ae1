// The one converter from anything thrown to an HTTP answer: `{error: {code, message, details?, retryable, traceId}}`.
import type { NextFunction, Request, Response } from 'express';
import { ZodError } from 'zod';
import { classifySqlError } from '../db/errors.js';
import { ERRORS, RecadoError, toErrorBody } from '../errors.js';
import type { ErrorDetail } from '../errors.js';
import type { Log } from '../log.js';

const DEFAULT_RETRY_AFTER_SECONDS = 1;
const OUTAGE_LOG_MS = 1_000;

/** Answers an error. 429 and 503 carry Retry-After, 401 names the scheme; what is too large also ends the connection. */
export function sendError(res: Response, error: unknown): void {
  const known = toRecadoError(error);
  const { status } = ERRORS[known.code];
  if (status === 401) res.setHeader('WWW-Authenticate', 'Bearer');
  if (status === 413) res.setHeader('Connection', 'close');
  if (status === 429 || status === 503) {
    res.setHeader('Retry-After', String(known.retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS));
  }
  res.status(status).json({ error: toErrorBody(known, res.locals.traceId) });
}

/** Express's last middleware: logs what is our fault and answers. An outage fails every request: of those one a second is logged. */
export function errorHandler(log: Log) {
  let mayLogOutageAt = 0;
  let unlogged = 0;
  function logOutage(fields: object, err: unknown): void {
    const now = performance.now();
    if (now < mayLogOutageAt) {
      unlogged += 1;
      return;
    }
    log.error(
      { ...fields, err, alike: unlogged },
      'a request failed, and others like it since the last of these lines',
    );
    mayLogOutageAt = now + OUTAGE_LOG_MS;
    unlogged = 0;
  }
  return (error: unknown, req: Request, res: Response, next: NextFunction): void => {
    const known = toRecadoError(error);
    const { status } = ERRORS[known.code];
    const fields = { method: req.method, path: req.path, status, code: known.code, traceId: res.locals.traceId };
    if (status === 503) logOutage(fields, known.cause ?? known);
    else if (status >= 500) log.error({ ...fields, err: known.cause ?? known }, 'a request failed');
    else log.debug(fields, 'a request was refused');
    if (res.headersSent) next(error);
    else sendError(res, known);
  };
}

/** Anything thrown while a request is handled, as an error of the table. Bad input never becomes a 5xx. */
export function toRecadoError(error: unknown): RecadoError {
  if (error instanceof RecadoError) return error;
  if (error instanceof ZodError) {
    return new RecadoError('VALIDATION_FAILED', { details: detailsOf(error), cause: error });
  }
  // A path that does not decode names nothing.
  if (error instanceof URIError || (error instanceof Error && 'status' in error && error.status === 400)) {
    return new RecadoError('NOT_FOUND', { cause: error });
  }
  const kind = classifySqlError(error);
  if (kind === 'outage' || kind === 'retry') return new RecadoError('UNAVAILABLE', { cause: error });
  return new RecadoError('INTERNAL', { cause: error });
}

/** Every issue of a ZodError as `{path, code, message}`; a path is dotted. */
export function detailsOf(error: ZodError): ErrorDetail[] {
  return error.issues.map(({ path, code, message }) => ({ path: path.join('.'), code, message }));
}
