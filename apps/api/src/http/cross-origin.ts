// Which web pages may read our answers.
import cors from 'cors';
import type { RequestHandler } from 'express';

const LOOPBACK = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/** CORS by CORS_ORIGINS; unset allows loopback (the same host needs no leave). */
export function crossOrigin(origins: string[] | null): RequestHandler {
  return cors({
    origin: origins ?? LOOPBACK,
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'If-Match', 'Idempotency-Key', 'traceparent', 'X-Request-Id'],
    exposedHeaders: ['ETag', 'Retry-After', 'X-Trace-Id'],
    maxAge: 600,
  });
}
