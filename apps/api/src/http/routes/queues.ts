// Queues: the departments tickets are in.
import { z } from 'zod';
import { selectQueues } from '../../db/sql/queues.js';
import type { QueueRow } from '../../db/sql/queues.js';
import { createQueue, editQueue } from '../queue-change.js';
import { route } from '../route.js';
import { IdParamsSchema, InstantSchema, listOf } from '../schemas.js';
import { readSnapshot } from '../snapshot.js';

const QueueSchema = z
  .object({ id: z.uuid(), name: z.string(), isDefault: z.boolean(), createdAt: InstantSchema })
  .meta({ id: 'Queue' });

const name = z.string().trim().min(1).max(100);

export const queueRoutes = [
  route({
    method: 'get',
    path: '/api/queues',
    roles: ['agent'],
    summary: 'All queues, by name.',
    response: { status: 200, schema: listOf(QueueSchema) },
    handler: (ctx, { principal: { tenantId } }) =>
      readSnapshot(ctx.db, tenantId, async (client) => {
        const rows = await selectQueues(client, tenantId);
        return { data: rows.map(presentQueue), nextCursor: null };
      }),
  }),
  route({
    method: 'post',
    path: '/api/queues',
    roles: ['admin'],
    summary: 'Makes a queue. A default takes in the tickets that have none.',
    body: z.strictObject({ name, isDefault: z.boolean().default(false) }),
    response: { status: 201, schema: QueueSchema },
    errors: ['QUEUE_NAME_TAKEN'],
    handler: async (ctx, request) => presentQueue(await createQueue(ctx, request)),
  }),
  route({
    method: 'patch',
    path: '/api/queues/:id',
    roles: ['admin'],
    summary: 'Renames a queue, or makes it the default.',
    params: IdParamsSchema,
    body: z
      .strictObject({ name: name.optional(), isDefault: z.boolean().optional() })
      .refine((body) => Object.keys(body).length > 0, 'Name at least one of name, isDefault.'),
    response: { status: 200, schema: QueueSchema },
    errors: ['QUEUE_NAME_TAKEN'],
    handler: async (ctx, request) => presentQueue(await editQueue(ctx, { ...request, id: request.params.id })),
  }),
];

function presentQueue(row: QueueRow): z.infer<typeof QueueSchema> {
  return { id: row.id, name: row.name, isDefault: row.isDefault, createdAt: row.createdAt.toISOString() };
}
