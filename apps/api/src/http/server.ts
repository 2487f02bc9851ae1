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
 * to the app's own, which de-optimises them; objects that are born with those prototypes make that a no-op. Should a new
 * Express or Node not allow it, the stock path is taken.
 */
export function createHttpServer(app: Express): http.Server {
  return http.createServer({ ...LIMITS, ...presetPrototypes(app) }, app);
}

/**
 * Classes whose objects are Express requests and responses from birth: their prototypes become the app's, in front of those
 * it had. Nothing, and an app left alone, where that does not work.
 */
export function presetPrototypes(app: Express): Pick<http.ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  if (!(app.request instanceof http.IncomingMessage && app.response instanceof http.ServerResponse)) return {};
  // Classes, not functions called on an object made elsewhere: those would keep their properties in a dictionary.
  class IncomingMessage extends http.IncomingMessage {}
  class ServerResponse<Request extends http.IncomingMessage> extends http.ServerResponse<Request> {}
  Object.setPrototypeOf(IncomingMessage.prototype, app.request);
  Object.setPrototypeOf(ServerResponse.prototype, app.response);
  const stock = { request: app.request, response: app.response };
  Object.assign(app, { request: IncomingMessage.prototype, response: ServerResponse.prototype });
  try {
    // An attempt, so that a failure is seen here and not in the first request.
    const request: unknown = Reflect.construct(IncomingMessage, [null]);
    const response: unknown = Reflect.construct(ServerResponse, [request]);
    const works = Object.getPrototypeOf(request) === app.request && Object.getPrototypeOf(response) === app.response;
    if (works) return { IncomingMessage, ServerResponse };
  } catch {
    // The stock path is slower and right.
  }
  Object.assign(app, stock);
  return {};
}
