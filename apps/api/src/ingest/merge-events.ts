// What the log is told of a merge and of its undoing (DESIGN 10).
import type { DomainEventType } from '@recado/contracts';
import type { ContactRow, MessageRow, TicketRow } from '../db/sql/rows.js';
import type { NewEvent } from '../events/log.js';
import { presentMessage, presentTicketSummary, presentTimeline } from '../events/present.js';
import { publicChanges } from './contact-attributes.js';

/** DESIGN 4.5: no transaction appends more events of a tenant. */
const MAX_EVENTS = 200;

/** What all events of one transaction have in common. */
export interface EventFrame {
  tenantId: string;
  traceId: string;
  at: Date;
}

/** Two contacts are one: whoever shows `mergedContactId` shows `contactId` from now on. */
export function contactMerged(frame: EventFrame, contactId: string, mergedContactId: string): NewEvent {
  return event(frame, 'contact.merged', contactId, { contactId, mergedContactId });
}

/** Attributes of a contact have changed; null when none has. */
export function contactUpdated(frame: EventFrame, contactId: string, changes: Partial<ContactRow>): NewEvent[] {
  const told = publicChanges(changes);
  return Object.keys(told).length === 0
    ? []
    : [event(frame, 'contact.updated', contactId, { contactId, changes: told })];
}

/** A ticket has changed hands, or its messages have. */
export function ticketUpdated(frame: EventFrame, ticket: TicketRow, contact: ContactRow, changes: string[]): NewEvent {
  return event(frame, 'ticket.updated', ticket.contactId, {
    ticketId: ticket.id,
    ticket: presentTicketSummary(ticket, contact),
    changes,
    timeline: presentTimeline(ticket),
  });
}

/** A message has learned something from a copy of itself. */
export function messageUpdated(frame: EventFrame, message: MessageRow, contactId: string, changes: string[]): NewEvent {
  return event(frame, 'message.updated', contactId, {
    ticketId: message.ticketId,
    messageId: message.id,
    message: presentMessage(message),
    changes,
  });
}

/** The events in the order of their weight, cut where a transaction must end. What is cut follows from `contact.merged`. */
export function withinLimit(events: NewEvent[]): NewEvent[] {
  return events.slice(0, MAX_EVENTS);
}

function event(frame: EventFrame, type: DomainEventType, contactId: string, body: object): NewEvent {
  const { tenantId, traceId, at } = frame;
  const payload = { tenantId, occurredAt: at.toISOString(), traceId, ...body };
  return { tenantId, type, payload, contactId, traceId, occurredAt: at };
}
