// The id that ties a request to its log lines, events and ledger rows.
import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

const TRACEPARENT = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/;
const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** The request's trace id: of `traceparent` (W3C), else of a sound `x-request-id`, else a random one. */
export function traceIdOf(headers: Request['headers']): string {
  const { traceparent, 'x-request-id': requestId } = headers;
  const traced = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined;
  if (traced) return traced;
  if (typeof requestId === 'string' && REQUEST_ID.test(requestId)) return requestId;
  return randomUUID().replaceAll('-', '');
}

/** Middleware: keeps the trace id in `res.locals.traceId` and answers it in `x-trace-id`. */
export function traced(req: Request, res: Response, next: NextFunction): void {
  const traceId = traceIdOf(req.headers);
  res.locals.traceId = traceId;
  res.setHeader('x-trace-id', traceId);
  next();
}
