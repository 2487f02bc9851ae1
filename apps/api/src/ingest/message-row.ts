// The row of a message as its event gives it.
import type { CanonicalMedia, ContactAttributes, Message, MessageMedia } from '@recado/contracts';
import type { MessageRow } from '../db/sql/rows.js';
import { isKeepable } from './contact-attributes.js';
import { chatOf, type MessageWork } from './work.js';

const ATTRIBUTES = ['phone', 'name', 'document', 'registrations', 'avatarUrl', 'pushName'] as const;

/** The row a message is stored and shown by. */
export function messageRow(work: MessageWork, ticketId: string): MessageRow {
  const { event, delivery } = work;
  const isOutbound = event.direction === 'OUTBOUND';
  return {
    tenantId: delivery.tenantId,
    id: work.messageId,
    ticketId,
    instanceId: delivery.instanceId,
    chat: chatOf(work.chat) ?? '',
    direction: event.direction,
    externalId: event.externalId,
    aliasId: work.chat.aliasId,
    authorContactId: work.author?.contact?.id ?? null,
    type: event.type,
    content: event.content,
    caption: event.caption,
    status: 'SENT',
    pendingAt: null,
    sentAt: isOutbound ? work.occurredAt : null,
    deliveredAt: null,
    readAt: null,
    playedAt: null,
    failedAt: null,
    failure: null,
    brokerAt: work.brokerAt,
    occurredAt: work.occurredAt,
    receivedAt: delivery.receivedAt,
    placeholder: event.placeholder,
    quotedExternalId: event.quotedId,
    reactions: [],
    editedAt: null,
    editActionId: null,
    revokedAt: null,
    clientRef: null,
    retryOf: null,
    media: mediaOf(event.media),
    metadata: metadataOf(work),
    traceId: delivery.traceId,
  };
}

/** An undecryptable stand-in takes the content that came under its id; words that were edited in the meantime stand. */
export function upgradePlaceholder(row: MessageRow, work: MessageWork): void {
  const { type, content, caption, media, metadata, quotedExternalId } = messageRow(work, '');
  Object.assign(row, { type, media, metadata, quotedExternalId, placeholder: false });
  row.content = row.editedAt === null ? content : (row.content ?? content);
  row.caption = row.editedAt === null ? caption : (row.caption ?? caption);
}

function mediaOf(media: CanonicalMedia | null): MessageMedia | null {
  if (media === null) return null;
  const { kind: _kind, source: _source, ...shown } = media;
  return { state: 'pending', ...shown };
}

/** `message.metadata` (whatsapp-broker, "Broker parity" and "Socket"): broker ids and timestamps, media, location, contacts. */
function metadataOf(work: MessageWork): Message['metadata'] {
  const { event, delivery } = work;
  const metadata: Message['metadata'] = {
    broker: {
      messageId: event.externalId,
      instanceId: delivery.instanceId,
      broker: event.broker,
      timestamp: event.at,
      receivedAt: delivery.receivedAt.toISOString(),
      cursor: event.cursor ?? null,
    },
    brokerMessageTimestamp: event.at,
    normalizedTimestamp: work.occurredAt.toISOString(),
    media: event.media
      ? {
          mimeType: event.media.mimeType,
          size: event.media.size,
          ...(event.media.fileName && { fileName: event.media.fileName }),
        }
      : {},
    location: event.location,
    contacts: event.contacts,
    contact: contactOf(event.contact),
  };
  if (work.timeSource !== 'broker') {
    metadata.timestampSource = work.timeSource;
    metadata.timestampRaw = rawTime(work);
  }
  // Our own keys win over what a content is called.
  for (const key in event.extra) if (!Object.hasOwn(metadata, key)) metadata[key] = event.extra[key];
  return metadata;
}

/** The broker's own spelling of a time that could not be used, kept short. */
function rawTime(work: MessageWork): string | null {
  const raw = work.event.at ?? work.event.atRaw;
  if (raw === undefined || raw === null) return null;
  return (typeof raw === 'string' ? raw : JSON.stringify(raw)).slice(0, 64);
}

/** What the event says of the contact; its other keys first, so that none of them stands in for an attribute. Too many of them go untold. */
function contactOf(attributes: ContactAttributes): Record<string, unknown> {
  const contact = isKeepable(attributes.metadata) ? { ...attributes.metadata } : {};
  for (const name of ATTRIBUTES) if (attributes[name] !== null) contact[name] = attributes[name];
  return contact;
}
