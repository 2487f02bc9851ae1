// The one place that shapes tickets and messages for the wire, REST and the log alike (DESIGN 10).
import type { Message, Ticket, TicketSummary, Timeline } from '@recado/contracts';
import type { ContactRow, MessageRow, TicketRow } from '../db/sql/rows.js';

/** What of a message row is shown. A row made by ingest needs these columns only. */
export type ShownMessage = Pick<
  MessageRow,
  | 'id'
  | 'ticketId'
  | 'instanceId'
  | 'externalId'
  | 'direction'
  | 'type'
  | 'content'
  | 'caption'
  | 'status'
  | 'occurredAt'
  | 'clientRef'
  | 'media'
  | 'quotedExternalId'
  | 'reactions'
  | 'editedAt'
  | 'revokedAt'
  | 'metadata'
>;

/** The timeline columns of a ticket row. */
export type TimelineColumns = Pick<TicketRow, 'firstIn' | 'lastIn' | 'firstOut' | 'lastOut' | 'inCount' | 'outCount'>;

/** What of a ticket row the sockets are told. */
export type ShownTicket = Pick<
  TicketRow,
  'id' | 'status' | 'queueId' | 'assigneeId' | 'unread' | 'lastMessageAt' | 'preview' | 'updatedAt'
>;

/** What of a contact row a ticket shows. */
export type ContactFace = Pick<ContactRow, 'id' | 'name' | 'phone'>;

/**
 * A message as sockets and REST show it. `createdAt` is the time of the message; `quotedMessageId` is the broker's id.
 * What was deleted for everyone is not shown: only that it was.
 */
export function presentMessage(row: ShownMessage): Message {
  const isShown = row.revokedAt === null;
  return {
    id: row.id,
    ticketId: row.ticketId,
    instanceId: row.instanceId,
    externalId: row.externalId,
    direction: row.direction,
    type: row.type,
    content: isShown ? row.content : null,
    caption: isShown ? row.caption : null,
    status: row.status,
    createdAt: row.occurredAt.toISOString(),
    clientRef: row.clientRef,
    media: isShown ? row.media : null,
    quotedMessageId: row.quotedExternalId,
    // An empty emoji is the mark of a reaction taken back.
    reactions: row.reactions.filter(({ emoji }) => emoji !== ''),
    editedAt: iso(row.editedAt),
    revokedAt: iso(row.revokedAt),
    metadata: isShown ? row.metadata : withoutContent(row.metadata),
  };
}

/** What remains of a revoked message: where and when it came from. */
function withoutContent({
  broker,
  brokerMessageTimestamp,
  normalizedTimestamp,
  contact,
}: Message['metadata']): Message['metadata'] {
  return { broker, brokerMessageTimestamp, normalizedTimestamp, media: {}, location: null, contacts: null, contact };
}

/** The ticket as every socket payload carries it. */
export function presentTicketSummary(row: ShownTicket, contact: ContactFace): TicketSummary {
  return {
    id: row.id,
    status: row.status,
    contact: { id: contact.id, name: contact.name, phone: contact.phone },
    queueId: row.queueId,
    assigneeId: row.assigneeId,
    unread: row.unread,
    lastMessageAt: iso(row.lastMessageAt),
    lastMessagePreview: row.preview,
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** The ticket as REST shows it. */
export function presentTicket(row: TicketRow, contact: ContactFace): Ticket {
  return {
    ...presentTicketSummary(row, contact),
    metadata: { timeline: presentTimeline(row) },
    channel: 'whatsapp',
    instanceId: row.instanceId,
    createdAt: row.createdAt.toISOString(),
  };
}

/** `ticket.metadata.timeline`. The response time is null until both directions have spoken, and when we spoke first. */
export function presentTimeline(row: TimelineColumns): Timeline {
  const seconds = row.firstIn && row.firstOut ? (row.firstOut.getTime() - row.firstIn.getTime()) / 1000 : null;
  return {
    firstInboundAt: iso(row.firstIn),
    lastInboundAt: iso(row.lastIn),
    firstOutboundAt: iso(row.firstOut),
    lastOutboundAt: iso(row.lastOut),
    inboundCount: row.inCount,
    outboundCount: row.outCount,
    firstResponseSeconds: seconds !== null && seconds >= 0 ? seconds : null,
  };
}

/** Absolute values of the direction that moved: a screen merges them by min and max (whatsapp-broker, Timeline 4). */
export function timelineDelta(row: TimelineColumns, direction: 'INBOUND' | 'OUTBOUND'): Partial<Timeline> {
  return direction === 'INBOUND'
    ? { firstInboundAt: iso(row.firstIn), lastInboundAt: iso(row.lastIn), inboundCount: row.inCount }
    : { firstOutboundAt: iso(row.firstOut), lastOutboundAt: iso(row.lastOut), outboundCount: row.outCount };
}

function iso(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
