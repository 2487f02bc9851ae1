// Messages of a ticket, newest first, and the search through all of them.
import { MessageSchema, TicketSchema } from '@recado/contracts';
import { z } from 'zod';
import { searchMessages } from '../../db/sql/messages.js';
import { selectTicket, selectTicketsById } from '../../db/sql/tickets.js';
import { RecadoError } from '../../errors.js';
import { presentMessage } from '../../events/present.js';
import { PlaceSchema, cutPage, decodeCursor } from '../cursor.js';
import { route } from '../route.js';
import { CursorSchema, IdParamsSchema, LimitSchema, SearchTextSchema, listOf } from '../schemas.js';
import { readSnapshot } from '../snapshot.js';
import { readThread } from '../thread-page.js';
import { present } from './tickets.js';

const ThreadQuerySchema = z
  .object({
    limit: LimitSchema,
    before: CursorSchema.optional(),
    after: CursorSchema.optional(),
    around: CursorSchema.meta({ description: 'A cursor or a message id; the page holds it in its middle.' }).optional(),
  })
  .refine(
    ({ before, after, around }) => [before, after, around].filter((given) => given !== undefined).length <= 1,
    'Send one of before, after and around.',
  );

export const messageRoutes = [
  route({
    method: 'get',
    path: '/api/tickets/:id/messages',
    roles: ['agent'],
    summary: 'Messages of a ticket, newest first. `nextCursor` goes to `before`, `prevCursor` to `after`.',
    params: IdParamsSchema,
    query: ThreadQuerySchema,
    response: {
      status: 200,
      schema: listOf(MessageSchema).extend({
        prevCursor: z.string().nullable().meta({ description: 'Where newer messages begin; null when none is known.' }),
      }),
    },
    errors: ['CURSOR_INVALID'],
    async handler(ctx, { principal, params, query }) {
      const { tenantId } = principal;
      return readSnapshot(ctx.db, tenantId, async (client) => {
        if (!(await selectTicket(client, { tenantId, id: params.id }))) throw new RecadoError('NOT_FOUND');
        const { rows, ...cursors } = await readThread(client, { tenantId, ticketId: params.id, ...query });
        return { data: rows.map(presentMessage), ...cursors };
      });
    },
  }),
  route({
    method: 'get',
    path: '/api/search',
    roles: ['agent'],
    summary: 'Messages whose text holds the words, newest first, each with its ticket.',
    query: z.object({ q: SearchTextSchema, limit: LimitSchema, cursor: CursorSchema.optional() }),
    response: { status: 200, schema: listOf(z.object({ message: MessageSchema, ticket: TicketSchema })) },
    errors: ['CURSOR_INVALID'],
    async handler(ctx, { principal, query }) {
      const { tenantId } = principal;
      const place = query.cursor === undefined ? null : decodeCursor(PlaceSchema, query.cursor);
      return readSnapshot(ctx.db, tenantId, async (client) => {
        const before = place && { at: place[0], id: place[1] };
        const rows = await searchMessages(client, { tenantId, q: query.q, before, limit: query.limit + 1 });
        const { page, nextCursor } = cutPage(rows, query.limit, (row) => [row.occurredAt, row.id]);
        const ids = [...new Set(page.map((row) => row.ticketId))];
        const tickets = new Map((await selectTicketsById(client, { tenantId, ids })).map((row) => [row.id, row]));
        const data = page.flatMap((row) => {
          const ticket = tickets.get(row.ticketId);
          return ticket ? [{ message: presentMessage(row), ticket: present(ticket) }] : [];
        });
        return { data, nextCursor };
      });
    },
  }),
];
