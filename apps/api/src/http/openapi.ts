// OpenAPI 3.1 made from the declared routes: the schemas that validate are the schemas that are documented.
import { z } from 'zod';
import { createDocument } from 'zod-openapi';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { ERRORS } from '../errors.js';
import type { ErrorCode } from '../errors.js';
import { DOCUMENTED_DOORS, WEBHOOK_SECURITY_SCHEMES } from './documented-doors.js';
import type { Route } from './route.js';

const ErrorSchema = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      details: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })).optional(),
      retryable: z.boolean(),
      traceId: z.string(),
    }),
  })
  .meta({ id: 'Error', description: 'Every error, in one shape. `code` is stable, `message` says what to do.' });

const EVERYWHERE = ['CREDENTIALS_MISSING', 'CREDENTIALS_INVALID', 'FORBIDDEN', 'RATE_LIMITED', 'UNAVAILABLE'] as const;

/** The document of the routes. */
export function createOpenApi({ routes, version }: { routes: readonly Route[]; version: string }): object {
  const paths: ZodOpenApiPathsObject = { ...DOCUMENTED_DOORS };
  for (const declared of routes) {
    const path = declared.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [declared.method]: operationOf(declared) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Recado', version, description: 'The service between a WhatsApp broker and a team’s inbox.' },
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        ...WEBHOOK_SECURITY_SCHEMES,
      },
    },
    security: [{ bearer: [] }],
  });
}

function operationOf(declared: Route): ZodOpenApiOperationObject {
  const { params, query, body, response } = declared;
  return {
    operationId: operationId(declared),
    tags: [declared.path.split('/')[2] ?? 'service'],
    summary: declared.summary,
    description: `Roles: ${declared.roles.join(', ')}.`,
    requestParams: {
      ...(params instanceof z.ZodObject && { path: params }),
      ...(query instanceof z.ZodObject && { query }),
    },
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      [response.status]: {
        description: declared.summary,
        ...(response.schema && { content: { 'application/json': { schema: response.schema } } }),
      },
      ...errorResponses(declared),
    },
  };
}

function errorResponses(declared: Route) {
  const codes: ErrorCode[] = [...EVERYWHERE, ...(declared.errors ?? [])];
  if (declared.params) codes.push('NOT_FOUND');
  if (declared.query || declared.body) codes.push('VALIDATION_FAILED');
  if (declared.body)
    codes.push('BODY_INVALID', 'BODY_TOO_LARGE', 'BODY_TOO_DEEP', 'BODY_TOO_VARIED', 'MEDIA_TYPE_UNSUPPORTED');
  const statuses = new Set(codes.map((code) => ERRORS[code].status));
  return Object.fromEntries(
    [...statuses].map((status) => [
      String(status),
      {
        description: codes.filter((code) => ERRORS[code].status === status).join(', '),
        content: { 'application/json': { schema: ErrorSchema } },
      },
    ]),
  );
}

function operationId({ method, path }: Route): string {
  const words = path.split('/').filter((word) => word !== '' && word !== 'api');
  const name = words.map((word) => word.replace(/^:/, 'by-').replaceAll(/-(\w)/g, (_, c: string) => c.toUpperCase()));
  return method + name.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
