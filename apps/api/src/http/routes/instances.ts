// Instances: connections to brokers.
import { BROKER_KINDS } from '@recado/brokers';
import { z } from 'zod';
import type { Context } from '../../context.js';
import { selectInstance, selectInstances } from '../../db/sql/instances.js';
import type { InstanceRow } from '../../db/sql/instances.js';
import { RecadoError } from '../../errors.js';
import { InstanceCredentialsSchema, InstanceWebhookSchema, openWebhook } from '../../instance-secrets.js';
import { createInstance, editInstance, removeInstance } from '../instance-change.js';
import { route } from '../route.js';
import { InstantSchema, listOf } from '../schemas.js';
import { readSnapshot } from '../snapshot.js';

const InstanceIdSchema = z.string().regex(/^[\w.:@-]{1,200}$/);
const ParamsSchema = z.object({ instanceId: InstanceIdSchema });

const InstanceSchema = z
  .object({
    instanceId: z.string(),
    broker: z.enum(BROKER_KINDS),
    name: z.string().nullable(),
    baseUrl: z.string().nullable(),
    credentials: z.object({ configured: z.boolean() }),
    webhook: z.object({ apiKey: z.boolean(), hmacSecrets: z.int(), verifyToken: z.boolean() }).meta({
      description: 'Which secrets are set; they are never shown.',
    }),
    limits: z.record(z.string(), z.unknown()),
    groupPolicy: z.enum(['ignore', 'accept']),
    ownAddress: z.string().nullable(),
    state: z.string(),
    stateDetail: z.string().nullable(),
    stateAt: InstantSchema.nullable(),
    createdAt: InstantSchema,
    updatedAt: InstantSchema,
  })
  .meta({ id: 'Instance' });

const fields = {
  name: z.string().trim().min(1).max(200).nullable().optional(),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable()
    .optional(),
  credentials: InstanceCredentialsSchema.nullable().optional(),
  webhook: InstanceWebhookSchema.nullable().optional(),
  limits: z
    .looseObject({ maxBodyBytes: z.int().min(1024).max(33_554_432).optional() })
    .optional()
    .meta({ description: '`maxBodyBytes`: up to 32 MB a delivery.' }),
  groupPolicy: z.enum(['ignore', 'accept']).optional(),
};

export const instanceRoutes = [
  route({
    method: 'get',
    path: '/api/whatsapp/instances',
    roles: ['admin'],
    summary: 'All instances, by id.',
    response: { status: 200, schema: listOf(InstanceSchema) },
    handler: (ctx, { principal: { tenantId } }) =>
      readSnapshot(ctx.db, tenantId, async (client) => {
        const rows = await selectInstances(client, tenantId);
        return { data: rows.map((row) => presentInstance(ctx, row)), nextCursor: null };
      }),
  }),
  route({
    method: 'post',
    path: '/api/whatsapp/instances',
    roles: ['admin'],
    summary: 'Connects a broker. The instance id is unique in the installation.',
    body: z.strictObject({ instanceId: InstanceIdSchema, broker: z.enum(BROKER_KINDS), ...fields }),
    response: { status: 201, schema: InstanceSchema },
    errors: ['INSTANCE_ID_TAKEN'],
    async handler(ctx, { principal, traceId, body: { instanceId, broker, ...body } }) {
      return presentInstance(ctx, await createInstance(ctx, { principal, traceId, instanceId, broker, body }));
    },
  }),
  route({
    method: 'get',
    path: '/api/whatsapp/instances/:instanceId',
    roles: ['admin'],
    summary: 'One instance.',
    params: ParamsSchema,
    response: { status: 200, schema: InstanceSchema },
    async handler(ctx, { principal: { tenantId }, params }) {
      const row = await selectInstance(ctx.db.pool, { tenantId, ...params });
      if (!row) throw new RecadoError('NOT_FOUND');
      return presentInstance(ctx, row);
    },
  }),
  route({
    method: 'patch',
    path: '/api/whatsapp/instances/:instanceId',
    roles: ['admin'],
    summary: 'Changes an instance; null takes a value away, a webhook secret left out stays.',
    params: ParamsSchema,
    body: z.strictObject(fields).refine((body) => Object.keys(body).length > 0, 'Name at least one field.'),
    response: { status: 200, schema: InstanceSchema },
    handler: async (ctx, { params, ...request }) =>
      presentInstance(ctx, await editInstance(ctx, { ...request, ...params })),
  }),
  route({
    method: 'delete',
    path: '/api/whatsapp/instances/:instanceId',
    roles: ['admin'],
    summary: 'Removes an instance; its tickets and messages stay.',
    params: ParamsSchema,
    response: { status: 204, schema: null },
    handler: (ctx, { principal, traceId, params }) => removeInstance(ctx, { principal, traceId, ...params }),
  }),
];

function presentInstance(ctx: Context, row: InstanceRow): z.infer<typeof InstanceSchema> {
  const webhook = row.webhook ? openWebhook(ctx.secrets.encryptionKey, row.instanceId, row.webhook) : {};
  const { instanceId, broker, name, baseUrl, limits, groupPolicy, ownAddress, state, stateDetail } = row;
  return {
    instanceId,
    broker,
    name,
    baseUrl,
    limits,
    groupPolicy,
    ownAddress,
    state,
    stateDetail,
    credentials: { configured: row.credentials !== null },
    webhook: {
      apiKey: Boolean(webhook.apiKey),
      hmacSecrets: webhook.hmacSecrets?.length ?? 0,
      verifyToken: Boolean(webhook.verifyToken),
    },
    stateAt: row.stateAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
