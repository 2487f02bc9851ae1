// The payloads ingest appends to the log, in the shapes of DESIGN 10.
import type { ContactRow } from '../db/sql/rows.js';
import type { LockedTicket } from '../db/sql/ingest-tickets.js';
import type { NewEvent } from '../events/log.js';
import { presentMessage, presentTicketSummary, timelineDelta } from '../events/present.js';
import type { Alteration } from './bind.js';
import { publicChanges } from './contact-attributes.js';
import type { Accepted } from './store-messages.js';

interface Occasion {
  tenantId: string;
  traceId: string;
  occurredAt: Date;
  contactId: string | null;
}

function newEvent(
  type: NewEvent['type'],
  { tenantId, traceId, occurredAt, contactId }: Occasion,
  body: object,
): NewEvent {
  return {
    tenantId,
    type,
    payload: { tenantId, occurredAt: occurredAt.toISOString(), traceId, ...body },
    contactId,
    traceId,
    occurredAt,
  };
}

function faceOf(ticket: LockedTicket) {
  return { id: ticket.contactId, name: ticket.contactName, phone: ticket.contactPhone };
}

/** `ticket.message`: the message, its ticket right after it, the timeline of its direction. Receipts follow one by one, so that no screen sees a status fall. */
export function messageEvent({ row, ticket, status }: Accepted): NewEvent {
  const occasion = {
    tenantId: row.tenantId,
    traceId: row.traceId,
    occurredAt: row.occurredAt,
    contactId: ticket.contactId,
  };
  return newEvent('ticket.message', occasion, {
    ticketId: ticket.id,
    messageId: row.id,
    message: presentMessage(row.status === status ? row : { ...row, status }),
    ticket: presentTicketSummary(ticket, faceOf(ticket)),
    timeline: timelineDelta(ticket, row.direction),
  });
}

/** `ticket.updated`, for what is not a message. */
export function ticketEvent(ticket: LockedTicket, changes: string[], traceId: string, at: Date): NewEvent {
  return newEvent(
    'ticket.updated',
    { tenantId: ticket.tenantId, traceId, occurredAt: at, contactId: ticket.contactId },
    { ticketId: ticket.id, ticket: presentTicketSummary(ticket, faceOf(ticket)), changes, timeline: {} },
  );
}

/** `message.status` for a status, `message.updated` for everything else that alters a message. */
export function alterationEvent({ row, kind, change, at, traceId }: Alteration): NewEvent {
  const occasion = { tenantId: row.tenantId, traceId, occurredAt: at, contactId: null };
  if (change?.kind !== 'status') {
    return newEvent('message.updated', occasion, {
      ticketId: row.ticketId,
      messageId: row.id,
      message: presentMessage(row),
      changes: [kind],
    });
  }
  return newEvent('message.status', occasion, {
    ticketId: row.ticketId,
    messageId: row.id,
    externalId: row.externalId,
    status: row.status,
    at: at.toISOString(),
    ...(change.failure !== null && { reason: change.failure }),
  });
}

/** `contact.updated`: changed keys only. */
export function contactEvent(change: {
  tenantId: string;
  contact: ContactRow;
  changes: Partial<ContactRow>;
  traceId: string;
  at: Date;
}): NewEvent {
  const { tenantId, traceId, at, contact } = change;
  return newEvent(
    'contact.updated',
    { tenantId, traceId, occurredAt: at, contactId: contact.id },
    { contactId: contact.id, changes: publicChanges(change.changes) },
  );
}

/** `whatsapp.queue.missing`: the guard of the operations dashboards (whatsapp-broker, "Socket"). */
export function queueMissingEvent(
  instance: { tenantId: string; instanceId: string },
  traceId: string,
  at: Date,
): NewEvent {
  return newEvent(
    'whatsapp.queue.missing',
    { tenantId: instance.tenantId, traceId, occurredAt: at, contactId: null },
    {
      instanceId: instance.instanceId,
      message: 'No default queue: conversations arrive without one. Create a default queue and they fill in.',
      reason: 'default_queue_missing',
      recoverable: true,
    },
  );
}

/** `whatsapp.instance.updated`. */
export function instanceEvent(
  instance: { tenantId: string; instanceId: string; state: string },
  traceId: string,
  at: Date,
): NewEvent {
  return newEvent(
    'whatsapp.instance.updated',
    { tenantId: instance.tenantId, traceId, occurredAt: at, contactId: null },
    {
      instanceId: instance.instanceId,
      state: instance.state,
    },
  );
}
