// The doors that are no declared routes, as OpenAPI shows them: webhooks with the contract's own schemas, and what machines ask.
import { BrokerInboundEventSchema, BrokerWebhookInboundSchema } from '@recado/contracts';
import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';

const count = z.int().nonnegative();
const AcceptedSchema = z
  .object({
    accepted: z.literal(true),
    queued: count.describe('Items stored now.'),
    duplicates: count.describe('Items that were stored already.'),
    ignored: count,
    rejected: count,
    parked: count.describe('Items that wait for their message, their instance, or a person.'),
  })
  .meta({ id: 'DeliveryReceipt', description: 'Sent after the commit that holds every item.' });

const DeliverySchema = z
  .union([
    BrokerInboundEventSchema,
    BrokerWebhookInboundSchema,
    z.array(BrokerInboundEventSchema),
    z.object({ events: z.array(BrokerInboundEventSchema) }),
    z.looseObject({}).describe('Raw Baileys: `messages.upsert`, a WAMessage, `messages.update`, …'),
  ])
  .meta({ id: 'Delivery' });

const refusals = Object.fromEntries(
  Object.entries({
    400: 'BODY_INVALID, BODY_TOO_DEEP',
    401: 'CREDENTIALS_MISSING, CREDENTIALS_INVALID',
    403: 'WEBHOOK_NOT_CONFIGURED',
    413: 'BODY_TOO_LARGE, BODY_TOO_VARIED',
    415: 'MEDIA_TYPE_UNSUPPORTED',
    422: 'NOT_A_CONTRACT_EVENT: no item of the delivery is a contract event',
    429: 'RATE_LIMITED: 20 wrong credentials in a minute',
    503: 'UNAVAILABLE, OVERLOADED: not stored; send it again after Retry-After',
  }).map(([status, description]) => [status, { description }]),
);

const security: Record<string, string[]>[] = [{ webhookKey: [] }, { webhookSignature: [] }];

function delivery(operationId: string, path?: z.ZodObject): ZodOpenApiOperationObject {
  return {
    operationId,
    tags: ['webhooks'],
    summary: 'A broker tells what happened',
    security,
    ...(path && { requestParams: { path } }),
    requestBody: { required: true, content: { 'application/json': { schema: DeliverySchema } } },
    responses: {
      202: { description: 'Stored', content: { 'application/json': { schema: AcceptedSchema } } },
      ...refusals,
    },
  };
}

function handshake(operationId: string, path?: z.ZodObject): ZodOpenApiOperationObject {
  return {
    operationId,
    tags: ['webhooks'],
    summary: 'The handshake of a webhook subscription',
    security: [],
    requestParams: {
      ...(path && { path }),
      query: z.object({
        'hub.mode': z.literal('subscribe'),
        'hub.verify_token': z.string(),
        'hub.challenge': z.string().max(1_024),
      }),
    },
    responses: { 200: { description: 'The challenge, as plain text' }, 403: { description: 'FORBIDDEN' } },
  };
}

function probe(operationId: string, summary: string): ZodOpenApiOperationObject {
  return { operationId, tags: ['operations'], summary, security: [], responses: { 200: { description: summary } } };
}

const instance = z.object({ instanceId: z.string() });
const instanceEvent = z.object({ instanceId: z.string(), event: z.string() });

/** Paths of the doors. */
export const DOCUMENTED_DOORS: ZodOpenApiPathsObject = {
  '/api/webhooks/whatsapp': { post: delivery('postDelivery'), get: handshake('shakeHands') },
  '/api/integrations/whatsapp/webhook': { post: delivery('postDeliveryOld'), get: handshake('shakeHandsOld') },
  '/api/webhooks/whatsapp/{instanceId}': {
    post: delivery('postInstanceDelivery', instance),
    get: handshake('shakeInstanceHands', instance),
  },
  '/api/webhooks/whatsapp/{instanceId}/{event}': { post: delivery('postInstanceEvent', instanceEvent) },
  '/healthz': { get: probe('getHealth', 'The process is alive; the database is not asked') },
  '/readyz': {
    get: {
      ...probe('getReadiness', 'Deliveries can be committed'),
      responses: { 200: { description: 'Ready' }, 503: { description: 'Not now; see Retry-After' } },
    },
  },
  '/metrics': { get: probe('getMetrics', 'Prometheus metrics; METRICS_TOKEN when one is set') },
  '/openapi.json': { get: probe('getOpenApi', 'This document') },
};

/** How the webhook doors are opened. */
export const WEBHOOK_SECURITY_SCHEMES = {
  webhookKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  webhookSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Webhook-Signature',
    description: 'HMAC-SHA256 of the raw body in hex, with or without `sha256=`.',
  },
} as const;
