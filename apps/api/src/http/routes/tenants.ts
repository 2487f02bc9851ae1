// Tenants: made by operators, who stand above them.
import { randomBytes } from 'node:crypto';
import { newId } from '../../ids.js';
import { z } from 'zod';
import { insertQueue } from '../../db/sql/queues.js';
import { insertStream, insertTenant } from '../../db/sql/tenants.js';
import { RecadoError } from '../../errors.js';
import { route } from '../route.js';
import { InstantSchema } from '../schemas.js';
import { isUniqueViolation } from '../unique-violation.js';
import { write } from '../write.js';

const DEFAULT_QUEUE_NAME = 'Default';

export const tenantRoutes = [
  route({
    method: 'post',
    path: '/api/tenants',
    roles: ['operator'],
    summary: 'Makes a tenant with its event log and a default queue.',
    body: z.strictObject({
      id: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'Lower-case letters, digits, - and _, at most 63.'),
      name: z.string().trim().min(1).max(200),
    }),
    response: { status: 201, schema: z.object({ id: z.string(), name: z.string(), createdAt: InstantSchema }) },
    errors: ['TENANT_ID_TAKEN'],
    async handler(ctx, { principal, traceId, body: { id, name } }) {
      try {
        return await write(ctx, { principal, traceId, tenantId: id }, async (client) => {
          const createdAt = await insertTenant(client, { id, name });
          await insertStream(client, { tenantId: id, epoch: randomBytes(8).toString('hex') });
          await insertQueue(client, { tenantId: id, id: newId(), name: DEFAULT_QUEUE_NAME, isDefault: true });
          const result = { id, name, createdAt: createdAt.toISOString() };
          return { result, audit: { action: 'tenant.created', subject: id } };
        });
      } catch (error) {
        if (isUniqueViolation(error, 'tenants_pkey')) throw new RecadoError('TENANT_ID_TAKEN', { cause: error });
        throw error;
      }
    },
  }),
];
