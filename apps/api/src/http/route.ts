// How a route is declared: one object that both answers requests and describes itself (openapi.ts).
import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { Principal, Role } from '../auth/tokens.js';
import type { Context } from '../context.js';
import type { ErrorCode } from '../errors.js';

export type Method = 'get' | 'post' | 'patch' | 'delete';

/** What a handler is given: validated input, who asks, and how to add a header to the answer. */
export interface RouteRequest<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  headers: IncomingHttpHeaders;
  principal: Principal;
  traceId: string;
  setHeader: (name: string, value: string) => void;
}

/** A route that demands a token with one of `roles`. An admin may what an agent may. */
export interface RouteSpec<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> {
  method: Method;
  /** Express's spelling: `/api/tickets/:id`. */
  path: string;
  roles: readonly Role[];
  summary: string;
  /** Strings of the path. What does not fit is 404: an id that is malformed names nothing. */
  params?: Params;
  query?: Query;
  body?: Body;
  /** What it answers when it goes well; null is 204 without a body. */
  response: { status: number; schema: z.ZodType | null };
  /** Codes of its own, besides those every route can answer. */
  errors?: readonly ErrorCode[];
  handler(ctx: Context, request: RouteRequest<z.infer<Params>, z.infer<Query>, z.infer<Body>>): Promise<unknown>;
}

/** A declared route, its types forgotten. */
export type Route = Omit<RouteSpec<z.ZodType, z.ZodType, z.ZodType>, 'handler'> & {
  handler(ctx: Context, request: RouteRequest<unknown, unknown, unknown>): Promise<unknown>;
};

/** Declares a route; the types of its input come from its schemas. */
export function route<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(spec: RouteSpec<Params, Query, Body>): Route {
  return spec;
}
