// Failed credentials are limited to 20 a minute and address, over every door of an app (DESIGN 4.9).
import { isIPv6 } from 'node:net';
import type { Request } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RecadoError } from '../errors.js';

const POINTS = 20;
const SECONDS = 60;

const limiters = new WeakMap<object, RateLimiterMemory>();

/**
 * Throws RATE_LIMITED (with its Retry-After) when the address has used up its failures. Ask it only after credentials
 * were found wrong: whoever brings good ones is never limited.
 */
export async function assertAllowed(req: Request): Promise<void> {
  const state = await limiterOf(req).get(addressKey(req.ip));
  if (state && state.consumedPoints >= POINTS) throw limited(state);
}

/** Counts one failure of the address. Throws RATE_LIMITED from the 21st within a minute on. */
export async function noteFailure(req: Request): Promise<void> {
  try {
    await limiterOf(req).consume(addressKey(req.ip));
  } catch (rejected) {
    throw rejected instanceof RateLimiterRes ? limited(rejected) : rejected;
  }
}

/** One key per IPv4 address or IPv6 /64: a host owns a whole /64. */
export function addressKey(address: string | undefined): string {
  if (!address) return 'unknown';
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail ? tail.split(':') : [];
  const groups = [...front, ...Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

function limiterOf(req: Request): RateLimiterMemory {
  const known = limiters.get(req.app);
  if (known) return known;
  const limiter = new RateLimiterMemory({ points: POINTS, duration: SECONDS });
  limiters.set(req.app, limiter);
  return limiter;
}

function limited(state: RateLimiterRes): RecadoError {
  return new RecadoError('RATE_LIMITED', { retryAfterSeconds: Math.max(1, Math.ceil(state.msBeforeNext / 1000)) });
}
