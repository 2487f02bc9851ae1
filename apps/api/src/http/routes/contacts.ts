// Contacts and agents.
import { z } from 'zod';
import { selectAgents } from '../../db/sql/agents.js';
import { selectContact, selectContacts } from '../../db/sql/contacts.js';
import type { ContactRow } from '../../db/sql/rows.js';
import { RecadoError } from '../../errors.js';
import { mergeContacts } from '../../ingest/merge.js';
import { createContact, editContact } from '../contact-change.js';
import { IdPlaceSchema, TextPlaceSchema, cutPage, decodeCursor } from '../cursor.js';
import { route } from '../route.js';
import { CursorSchema, IdParamsSchema, InstantSchema, LimitSchema, SearchTextSchema, listOf } from '../schemas.js';
import { readSnapshot } from '../snapshot.js';

const ContactSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(['person', 'group']),
    name: z.string().nullable(),
    pushName: z.string().nullable(),
    phone: z.string().nullable(),
    document: z.string().nullable(),
    registrations: z.array(z.string()).nullable(),
    avatarUrl: z.string().nullable(),
    metadata: z.record(z.string(), z.unknown()),
    mergedInto: z.uuid().nullable(),
    createdAt: InstantSchema,
    updatedAt: InstantSchema,
  })
  .meta({ id: 'Contact' });

const text = z.string().trim().min(1).max(300);
const fields = {
  name: text.nullable().optional(),
  document: text.nullable().optional(),
  registrations: z.array(text).max(50).nullable().optional(),
  avatarUrl: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable()
    .optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
};

const AgentSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  roles: z.array(z.string()),
  firstSeenAt: InstantSchema,
  lastSeenAt: InstantSchema,
});

export const contactRoutes = [
  route({
    method: 'get',
    path: '/api/contacts',
    roles: ['agent'],
    summary: 'Contacts, newest first.',
    query: z.object({ q: SearchTextSchema.optional(), limit: LimitSchema, cursor: CursorSchema.optional() }),
    response: { status: 200, schema: listOf(ContactSchema) },
    errors: ['CURSOR_INVALID'],
    async handler(ctx, { principal, query }) {
      const { tenantId } = principal;
      const before = query.cursor === undefined ? null : decodeCursor(IdPlaceSchema, query.cursor)[0];
      return readSnapshot(ctx.db, tenantId, async (client) => {
        const rows = await selectContacts(client, { tenantId, q: query.q ?? null, before, limit: query.limit + 1 });
        const { page, nextCursor } = cutPage(rows, query.limit, (row) => [row.id]);
        return { data: page.map(presentContact), nextCursor };
      });
    },
  }),
  route({
    method: 'post',
    path: '/api/contacts',
    roles: ['agent'],
    summary: 'Makes a contact before it has written.',
    body: z.strictObject({ phone: z.string().max(40), ...fields }),
    response: { status: 201, schema: ContactSchema },
    errors: ['CONTACT_EXISTS'],
    handler: async (ctx, request) => presentContact(await createContact(ctx, request)),
  }),
  route({
    method: 'post',
    path: '/api/contacts/merge',
    roles: ['admin'],
    summary: 'Makes two contacts one; the older one remains.',
    body: z
      .strictObject({ contactIds: z.tuple([z.uuid(), z.uuid()]), evidence: text.default('manual') })
      .refine(({ contactIds: [a, b] }) => a !== b, 'Name two different contacts.'),
    response: { status: 200, schema: ContactSchema },
    errors: ['NOT_FOUND', 'CONFLICT'],
    async handler(ctx, { principal, traceId, body }) {
      const { tenantId, sub: actor } = principal;
      const { winnerId, entries } = await mergeContacts(ctx.db, { tenantId, actor, traceId, ...body });
      if (entries.length > 0) ctx.hub.committed(entries);
      return presentContact(await findContact(ctx.db.pool, { tenantId, id: winnerId }));
    },
  }),
  route({
    method: 'get',
    path: '/api/contacts/:id',
    roles: ['agent'],
    summary: 'One contact; a merged one tells which it became.',
    params: IdParamsSchema,
    response: { status: 200, schema: ContactSchema },
    async handler(ctx, { principal, params }) {
      return presentContact(await findContact(ctx.db.pool, { tenantId: principal.tenantId, id: params.id }));
    },
  }),
  route({
    method: 'patch',
    path: '/api/contacts/:id',
    roles: ['agent'],
    summary: 'Changes what is known of a contact.',
    params: IdParamsSchema,
    body: z.strictObject(fields).refine((body) => Object.keys(body).length > 0, 'Name at least one field.'),
    response: { status: 200, schema: ContactSchema },
    errors: ['CONFLICT'],
    handler: async (ctx, request) => presentContact(await editContact(ctx, { ...request, id: request.params.id })),
  }),
  route({
    method: 'get',
    path: '/api/agents',
    roles: ['agent'],
    summary: 'Agents, known from the tokens they used.',
    query: z.object({ limit: LimitSchema, cursor: CursorSchema.optional() }),
    response: { status: 200, schema: listOf(AgentSchema) },
    errors: ['CURSOR_INVALID'],
    async handler(ctx, { principal, query }) {
      const { tenantId } = principal;
      const after = query.cursor === undefined ? null : decodeCursor(TextPlaceSchema, query.cursor)[0];
      return readSnapshot(ctx.db, tenantId, async (client) => {
        const rows = await selectAgents(client, { tenantId, after, limit: query.limit + 1 });
        const { page, nextCursor } = cutPage(rows, query.limit, (row) => [row.id]);
        return { data: page, nextCursor };
      });
    },
  }),
];

async function findContact(...[db, key]: Parameters<typeof selectContact>): Promise<ContactRow> {
  const row = await selectContact(db, key);
  if (!row) throw new RecadoError('NOT_FOUND');
  return row;
}

function presentContact(row: ContactRow): z.infer<typeof ContactSchema> {
  const { id, kind, name, pushName, phone, document, registrations, avatarUrl, metadata, mergedInto } = row;
  return {
    id,
    kind,
    name,
    pushName,
    phone,
    document,
    registrations,
    avatarUrl,
    metadata,
    mergedInto,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
