// Changes of a ticket by a person: locked, checked, written, audited and told in one transaction.
import type { TicketStatus } from '@recado/contracts';
import type { Principal } from '../auth/tokens.js';
import type { Context } from '../context.js';
import { countInboundAfter, selectMessagePlace } from '../db/sql/messages.js';
import { selectQueue } from '../db/sql/queues.js';
import { lockTicket, updateTicket } from '../db/sql/tickets.js';
import type { TicketWithContactRow } from '../db/sql/tickets.js';
import { RecadoError } from '../errors.js';
import { assertMatch } from './etag.js';
import { ticketUpdated } from './ticket-event.js';
import { isUniqueViolation } from './unique-violation.js';
import { write } from './write.js';

/** What a PATCH may name. */
export interface TicketPatch {
  status?: TicketStatus;
  assigneeId?: string | null;
  queueId?: string | null;
}

interface By {
  principal: Principal;
  traceId: string;
  id: string;
}

const WRITABLE = ['status', 'assigneeId', 'queueId'] as const;

/**
 * Applies a patch. Throws NOT_FOUND, PRECONDITION_FAILED, VALIDATION_FAILED for a queue that is not the tenant's,
 * CONFLICT for a merged ticket, TICKET_ALREADY_OPEN when the unique index of open tickets refuses.
 */
export async function changeTicket(
  ctx: Context,
  by: By & { ifMatch: string | undefined; body: TicketPatch },
): Promise<TicketWithContactRow> {
  const { tenantId } = by.principal;
  try {
    return await write(ctx, by, async (client) => {
      const row = await lockTicket(client, { tenantId, id: by.id });
      if (!row) throw new RecadoError('NOT_FOUND');
      assertMatch(by.ifMatch, row.updatedAt);
      const changes = WRITABLE.filter((name) => by.body[name] !== undefined && by.body[name] !== row[name]);
      if (changes.length === 0) return { result: row, audit: null };
      if (row.mergedInto !== null) {
        throw new RecadoError('CONFLICT', {
          message: `This ticket was merged into ${row.mergedInto}. Change that one.`,
        });
      }
      if (by.body.queueId && !(await selectQueue(client, { tenantId, id: by.body.queueId }))) {
        const details = [{ path: 'queueId', code: 'unknown', message: 'There is no such queue.' }];
        throw new RecadoError('VALIDATION_FAILED', { details });
      }
      const at = new Date();
      const updated = { ...row, ...(await updateTicket(client, { ...row, ...by.body, at })) };
      return {
        result: updated,
        audit: { action: 'ticket.updated', subject: row.id, details: { ...by.body } },
        events: [ticketUpdated(updated, { changes: [...changes], traceId: by.traceId, at })],
      };
    });
  } catch (error) {
    if (isUniqueViolation(error, 'tickets_one_open')) throw new RecadoError('TICKET_ALREADY_OPEN', { cause: error });
    throw error;
  }
}

/** Sets unread to the inbound messages after `upToMessageId`, never above what it was. Throws NOT_FOUND. */
export async function readTicket(ctx: Context, by: By & { upToMessageId: string }): Promise<TicketWithContactRow> {
  const { tenantId } = by.principal;
  return write(ctx, by, async (client) => {
    const row = await lockTicket(client, { tenantId, id: by.id });
    const place = row && (await selectMessagePlace(client, { tenantId, ticketId: row.id, id: by.upToMessageId }));
    if (!row || !place) throw new RecadoError('NOT_FOUND');
    // History raises no unread, so a count alone could make a ticket look less read than it was.
    const unread = Math.min(row.unread, await countInboundAfter(client, { tenantId, ticketId: row.id, place }));
    if (unread === row.unread) return { result: row, audit: null };
    const at = new Date();
    const updated = { ...row, ...(await updateTicket(client, { ...row, unread, at })) };
    return {
      result: updated,
      audit: { action: 'ticket.read', subject: row.id, details: { upToMessageId: by.upToMessageId } },
      events: [ticketUpdated(updated, { changes: ['unread'], traceId: by.traceId, at })],
    };
  });
}
