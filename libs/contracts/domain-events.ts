// What the event log holds: names and payloads of the Recado contract (DESIGN 10).
import { z } from 'zod';
import {
  CanonicalMediaSchema,
  ContactCardSchema,
  LocationSchema,
  MessageStatusSchema,
  MessageTypeSchema,
} from './canonical.js';

const instant = z.iso.datetime();
const id = z.uuid();

/** `ticket.metadata.timeline`: absolute values, seconds for the response time (DESIGN 2). */
export const TimelineSchema = z.object({
  firstInboundAt: instant.nullable(),
  lastInboundAt: instant.nullable(),
  firstOutboundAt: instant.nullable(),
  lastOutboundAt: instant.nullable(),
  inboundCount: z.int(),
  outboundCount: z.int(),
  firstResponseSeconds: z.number().nullable(),
});
export type Timeline = z.infer<typeof TimelineSchema>;

export const TICKET_STATUSES = ['OPEN', 'PENDING', 'ASSIGNED', 'RESOLVED', 'CLOSED'] as const;
export const TicketStatusSchema = z.enum(TICKET_STATUSES);
export type TicketStatus = z.infer<typeof TicketStatusSchema>;

/** The ticket as every socket payload carries it. */
export const TicketSummarySchema = z.object({
  id,
  status: TicketStatusSchema,
  contact: z.object({ id, name: z.string().nullable(), phone: z.string().nullable() }),
  queueId: id.nullable(),
  assigneeId: z.string().nullable(),
  unread: z.int(),
  lastMessageAt: instant.nullable(),
  lastMessagePreview: z.string().nullable(),
  updatedAt: instant,
});
export type TicketSummary = z.infer<typeof TicketSummarySchema>;

/** The ticket as REST shows it: the summary and what a screen needs to file it. */
export const TicketSchema = TicketSummarySchema.extend({
  metadata: z.object({ timeline: TimelineSchema }),
  channel: z.literal('whatsapp'),
  instanceId: z.string(),
  createdAt: instant,
});
export type Ticket = z.infer<typeof TicketSchema>;

/** What is shown of a message's media: how to fetch it is never shown. */
export const MessageMediaSchema = CanonicalMediaSchema.omit({ kind: true, source: true }).extend({
  state: z.enum(['pending', 'ready', 'quarantined', 'lost']),
});
export type MessageMedia = z.infer<typeof MessageMediaSchema>;

export const ReactionSchema = z.object({ author: z.string(), emoji: z.string(), at: instant });
export type Reaction = z.infer<typeof ReactionSchema>;

/** One message, the same object on sockets and over REST. */
export const MessageSchema = z.object({
  id,
  ticketId: id,
  instanceId: z.string(),
  externalId: z.string().nullable(),
  direction: z.enum(['INBOUND', 'OUTBOUND']),
  type: MessageTypeSchema,
  content: z.string().nullable(),
  caption: z.string().nullable(),
  status: MessageStatusSchema,
  createdAt: instant,
  clientRef: z.string().nullable(),
  media: MessageMediaSchema.nullable(),
  quotedMessageId: z.string().nullable(),
  reactions: z.array(ReactionSchema),
  editedAt: instant.nullable(),
  revokedAt: instant.nullable(),
  metadata: z.looseObject({
    broker: z.object({
      messageId: z.string().nullable(),
      instanceId: z.string(),
      broker: z.string(),
      timestamp: z.string().nullable(),
      receivedAt: instant,
      cursor: z.string().nullable(),
    }),
    brokerMessageTimestamp: instant.nullable(),
    normalizedTimestamp: instant,
    media: z.record(z.string(), z.unknown()),
    location: LocationSchema.nullable(),
    contacts: z.array(ContactCardSchema).nullable(),
    contact: z.record(z.string(), z.unknown()),
  }),
});
export type Message = z.infer<typeof MessageSchema>;

/** Names of the durable events of the Recado contract, in the log and on the socket. */
export const DOMAIN_EVENT_TYPES = [
  'ticket.message',
  'ticket.updated',
  'message.status',
  'message.updated',
  'contact.updated',
  'contact.merged',
  'whatsapp.queue.missing',
  'whatsapp.instance.updated',
  'whatsapp.timeline.reconciled',
] as const;
export const DomainEventTypeSchema = z.enum(DOMAIN_EVENT_TYPES);
export type DomainEventType = z.infer<typeof DomainEventTypeSchema>;

/** What every payload begins with. `epoch` and `seq` are the log's; a stored payload is composed with them when it is read. */
export const EnvelopeSchema = z.object({
  eventId: id,
  epoch: z.string(),
  seq: z.int().positive(),
  tenantId: z.string(),
  occurredAt: instant,
  traceId: z.string(),
});
export type Envelope = z.infer<typeof EnvelopeSchema>;

/** Absolute values of the direction that moved; a screen merges by min and max. */
export const TimelineDeltaSchema = TimelineSchema.partial();

export const TicketMessageEventSchema = EnvelopeSchema.extend({
  ticketId: id,
  messageId: id,
  message: MessageSchema,
  ticket: TicketSummarySchema,
  timeline: TimelineDeltaSchema,
});
export const TicketUpdatedEventSchema = EnvelopeSchema.extend({
  ticketId: id,
  ticket: TicketSummarySchema,
  changes: z.array(z.string()),
  timeline: TimelineDeltaSchema,
});
export const MessageStatusEventSchema = EnvelopeSchema.extend({
  ticketId: id,
  messageId: id,
  externalId: z.string().nullable(),
  status: MessageStatusSchema,
  at: instant,
  reason: z.string().optional(),
});
/** A message changed after the fact: `changes` names edit, revoke, reaction or content (an upgraded placeholder). */
export const MessageUpdatedEventSchema = EnvelopeSchema.extend({
  ticketId: id,
  messageId: id,
  message: MessageSchema,
  changes: z.array(z.string()),
});
export const ContactUpdatedEventSchema = EnvelopeSchema.extend({
  contactId: id,
  changes: z.record(z.string(), z.unknown()),
});
export const ContactMergedEventSchema = EnvelopeSchema.extend({ contactId: id, mergedContactId: id });
export const QueueMissingEventSchema = EnvelopeSchema.extend({
  instanceId: z.string(),
  message: z.string(),
  reason: z.string(),
  recoverable: z.boolean(),
});
export const InstanceUpdatedEventSchema = EnvelopeSchema.extend({ instanceId: z.string(), state: z.string() });
export const TimelineReconciledEventSchema = EnvelopeSchema.extend({
  runId: z.string(),
  scanned: z.int(),
  changed: z.int(),
  durationMs: z.number(),
  from: instant,
  to: instant,
});

/** Schema of each durable event, by name. */
export const DOMAIN_EVENT_SCHEMAS = {
  'ticket.message': TicketMessageEventSchema,
  'ticket.updated': TicketUpdatedEventSchema,
  'message.status': MessageStatusEventSchema,
  'message.updated': MessageUpdatedEventSchema,
  'contact.updated': ContactUpdatedEventSchema,
  'contact.merged': ContactMergedEventSchema,
  'whatsapp.queue.missing': QueueMissingEventSchema,
  'whatsapp.instance.updated': InstanceUpdatedEventSchema,
  'whatsapp.timeline.reconciled': TimelineReconciledEventSchema,
} as const satisfies Record<DomainEventType, z.ZodType>;

/** An event of a tenant's log as it is read. `payload` is its JSON text, composed with eventId, epoch and seq: the bytes a socket is sent, now or on replay. */
export interface LogEntry {
  tenantId: string;
  epoch: string;
  seq: number;
  eventId: string;
  /** A `DomainEventType`, or one that only a newer process on the same database knows: it is passed on all the same. */
  type: string;
  payload: string;
  contactId: string | null;
}
