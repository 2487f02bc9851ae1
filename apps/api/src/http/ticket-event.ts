// `ticket.updated` for what a person did to a ticket.
import type { TicketWithContactRow } from '../db/sql/tickets.js';
import type { NewEvent } from '../events/log.js';
import { presentTicketSummary } from '../events/present.js';

/** The event of a change; `changes` are names of the ticket's fields. The timeline has not moved. */
export function ticketUpdated(
  row: TicketWithContactRow,
  { changes, traceId, at }: { changes: string[]; traceId: string; at: Date },
): NewEvent {
  const contact = { id: row.contactId, name: row.contactName, phone: row.contactPhone };
  return {
    tenantId: row.tenantId,
    type: 'ticket.updated',
    payload: {
      tenantId: row.tenantId,
      occurredAt: at.toISOString(),
      traceId,
      ticketId: row.id,
      ticket: presentTicketSummary(row, contact),
      changes,
      timeline: {},
    },
    contactId: row.contactId,
    traceId,
    occurredAt: at,
  };
}
