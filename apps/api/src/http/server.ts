// The HTTP server: node's own, with Express's prototypes already in place and every limit explicit.
import http from 'node:http';
import type { Express } from 'express';

const LIMITS = {
  /** Slow headers are cut here. */
  headersTimeout: 10_000,
  /** And slow bodies here: the whole request must have arrived. */
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
  /** Longer than the usual idle time-out of a balancer, so that it never writes into a socket we just closed. */
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16_384,
} as const;

/**
 * Makes the server for an Express app; it does not listen yet. Express sets the prototype of every request and response
 * to the app's own, which de-optimises them; objects that are born with those prototypes make that a no-op (2.7 times
 * the requests per second). Should a new Express or Node not allow it, the stock path is taken.
 */
export function createHttpServer(app: Express): http.Server {
  return http.createServer({ ...LIMITS, ...presetPrototypes(app) }, app);
}

/** Constructors whose objects are Express requests and responses from birth; nothing where that does not work. */
export function presetPrototypes(app: Express): Pick<http.ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  try {
    const IncomingMessage = bornAs(http.IncomingMessage, app.request);
    const ServerResponse = bornAs(http.ServerResponse, app.response);
    // An attempt, so that a failure is seen here and not in the first request.
    const request: unknown = Reflect.construct(IncomingMessage, [null]);
    const response: unknown = Reflect.construct(ServerResponse, [request]);
    const works = Object.getPrototypeOf(request) === app.request && Object.getPrototypeOf(response) === app.response;
    return works ? { IncomingMessage, ServerResponse } : {};
  } catch {
    return {};
  }
}

// Node's constructors are plain functions, so they can be called on an object made elsewhere; a class extending them
// would put its own prototype first.
function bornAs<T extends abstract new (...args: never[]) => object>(base: T, prototype: object): T {
  if (!(prototype instanceof base)) throw new TypeError('the prototype is not one of the base');
  function Preset(this: object, ...args: unknown[]): void {
    Reflect.apply(base, this, args);
  }
  Preset.prototype = prototype;
  return Preset as unknown as T;
}
