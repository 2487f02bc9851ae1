// Tickets: the list, one, its change, its read mark.
import { TICKET_STATUSES, TicketSchema, TicketStatusSchema } from '@recado/contracts';
import { z } from 'zod';
import { selectTicket, selectTickets } from '../../db/sql/tickets.js';
import type { TicketSort, TicketWithContactRow } from '../../db/sql/tickets.js';
import { RecadoError } from '../../errors.js';
import { presentTicket } from '../../events/present.js';
import { NullablePlaceSchema, cutPage, decodeCursor } from '../cursor.js';
import { etagOf } from '../etag.js';
import { route } from '../route.js';
import { CursorSchema, FlagSchema, IdParamsSchema, LimitSchema, SearchTextSchema, listOf } from '../schemas.js';
import { readSnapshot } from '../snapshot.js';
import { changeTicket, readTicket } from '../ticket-change.js';

const StatusListSchema = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(TicketStatusSchema).min(1))
  .meta({ override: { type: 'string' }, description: `Comma list of ${TICKET_STATUSES.join(', ')}.` });

const ListQuerySchema = z.object({
  status: StatusListSchema.optional(),
  queueId: z.union([z.literal('none'), z.uuid()]).optional(),
  assigneeId: z.string().min(1).max(200).meta({ description: '`none`: nobody.' }).optional(),
  instanceId: z.string().min(1).max(200).optional(),
  unread: FlagSchema.optional(),
  q: SearchTextSchema.optional(),
  sort: z
    .enum(['-lastMessageAt', 'lastMessageAt', '-createdAt', 'createdAt', '-updatedAt', 'updatedAt'])
    .default('-lastMessageAt'),
  limit: LimitSchema,
  cursor: CursorSchema.optional(),
});

const PatchSchema = z
  .strictObject({
    status: TicketStatusSchema.optional(),
    assigneeId: z.string().min(1).max(200).nullable().optional(),
    queueId: z.uuid().nullable().optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'Name at least one of status, assigneeId, queueId.');

export const ticketRoutes = [
  route({
    method: 'get',
    path: '/api/tickets',
    roles: ['agent'],
    summary: 'Tickets, newest message first.',
    query: ListQuerySchema,
    response: { status: 200, schema: listOf(TicketSchema) },
    errors: ['CURSOR_INVALID'],
    async handler(ctx, { principal, query }) {
      const sort = query.sort.replace('-', '') as TicketSort;
      const place = query.cursor === undefined ? null : decodeCursor(NullablePlaceSchema, query.cursor);
      return readSnapshot(ctx.db, principal.tenantId, async (client) => {
        const rows = await selectTickets(client, {
          tenantId: principal.tenantId,
          statuses: query.status,
          queueId: orNone(query.queueId),
          assigneeId: orNone(query.assigneeId),
          instanceId: query.instanceId,
          unread: query.unread,
          q: query.q,
          sort,
          descending: query.sort.startsWith('-'),
          after: place && { at: place[0], id: place[1] },
          limit: query.limit + 1,
        });
        const { page, nextCursor } = cutPage(rows, query.limit, (row) => [row[sort], row.id]);
        return { data: page.map(present), nextCursor };
      });
    },
  }),
  route({
    method: 'get',
    path: '/api/tickets/:id',
    roles: ['agent'],
    summary: 'One ticket. Its ETag may be sent back as If-Match.',
    params: IdParamsSchema,
    response: { status: 200, schema: TicketSchema },
    async handler(ctx, { principal, params, setHeader }) {
      const row = await selectTicket(ctx.db.pool, { tenantId: principal.tenantId, id: params.id });
      if (!row) throw new RecadoError('NOT_FOUND');
      setHeader('ETag', etagOf(row.updatedAt));
      return present(row);
    },
  }),
  route({
    method: 'patch',
    path: '/api/tickets/:id',
    roles: ['agent'],
    summary: 'Changes status, assignee or queue; If-Match is optional.',
    params: IdParamsSchema,
    body: PatchSchema,
    response: { status: 200, schema: TicketSchema },
    errors: ['TICKET_ALREADY_OPEN', 'CONFLICT', 'PRECONDITION_FAILED'],
    async handler(ctx, request) {
      const row = await changeTicket(ctx, { ...request, id: request.params.id, ifMatch: request.headers['if-match'] });
      request.setHeader('ETag', etagOf(row.updatedAt));
      return present(row);
    },
  }),
  route({
    method: 'post',
    path: '/api/tickets/:id/read',
    roles: ['agent'],
    summary: 'Marks a ticket read up to a message; what came after it stays unread.',
    params: IdParamsSchema,
    body: z.object({ upToMessageId: z.uuid() }),
    response: { status: 200, schema: TicketSchema },
    async handler(ctx, { principal, traceId, params, body }) {
      const row = await readTicket(ctx, { principal, traceId, id: params.id, upToMessageId: body.upToMessageId });
      return present(row);
    },
  }),
];

/** A ticket row with its contact's face, as REST shows it. */
export function present(row: TicketWithContactRow) {
  return presentTicket(row, { id: row.contactId, name: row.contactName, phone: row.contactPhone });
}

function orNone(text: string | undefined): string | null | undefined {
  return text === 'none' ? null : text;
}
