// Rows as statements return them: the columns of the migrations in camel case. Instants are Dates (UTC, ms), ids text.
import type { Message, MessageMedia, MessageStatus, MessageType, Reaction, TicketStatus } from '@recado/contracts';

/** A ticket with its timeline columns (`tickets`). */
export interface TicketRow {
  tenantId: string;
  id: string;
  instanceId: string;
  /** The contact id of a person, the jid of a group. */
  chat: string;
  contactId: string;
  queueId: string | null;
  assigneeId: string | null;
  status: TicketStatus;
  isHistory: boolean;
  mergedInto: string | null;
  firstIn: Date | null;
  lastIn: Date | null;
  firstOut: Date | null;
  lastOut: Date | null;
  inCount: number;
  outCount: number;
  unread: number;
  lastMessageAt: Date | null;
  lastMessageId: string | null;
  preview: string | null;
  resolvedAt: Date | null;
  closedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** A message (`messages`). `metadata` is stored as it is shown. */
export interface MessageRow {
  tenantId: string;
  id: string;
  ticketId: string;
  instanceId: string;
  chat: string;
  direction: 'INBOUND' | 'OUTBOUND';
  externalId: string;
  aliasId: string | null;
  authorContactId: string | null;
  type: MessageType;
  content: string | null;
  caption: string | null;
  status: MessageStatus;
  pendingAt: Date | null;
  sentAt: Date | null;
  deliveredAt: Date | null;
  readAt: Date | null;
  playedAt: Date | null;
  failedAt: Date | null;
  failure: string | null;
  brokerAt: Date | null;
  occurredAt: Date;
  receivedAt: Date;
  placeholder: boolean;
  quotedExternalId: string | null;
  reactions: Reaction[];
  editedAt: Date | null;
  editActionId: string | null;
  revokedAt: Date | null;
  clientRef: string | null;
  retryOf: string | null;
  media: MessageMedia | null;
  metadata: Message['metadata'];
  traceId: string;
}

/** A contact (`contacts`). */
export interface ContactRow {
  tenantId: string;
  id: string;
  kind: 'person' | 'group';
  name: string | null;
  nameAt: Date | null;
  pushName: string | null;
  phone: string | null;
  document: string | null;
  registrations: string[] | null;
  avatarUrl: string | null;
  avatarAt: Date | null;
  metadata: Record<string, unknown>;
  mergedInto: string | null;
  createdAt: Date;
  updatedAt: Date;
}
