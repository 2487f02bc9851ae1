// Which tickets are open: at most one of them a conversation.
import type { TicketRow } from '../db/sql/rows.js';

/** Whether the ticket takes new messages. */
export function isOpen(ticket: Pick<TicketRow, 'status'>): boolean {
  return ticket.status !== 'RESOLVED' && ticket.status !== 'CLOSED';
}
