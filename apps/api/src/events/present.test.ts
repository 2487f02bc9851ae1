// The shapes of DESIGN 10, made from rows.
import { MessageSchema, TicketSchema } from '@recado/contracts';
import { describe, expect, test } from 'vitest';
import type { MessageRow, TicketRow } from '../db/sql/rows.js';
import { presentMessage, presentTicket, presentTimeline, timelineDelta } from './present.js';

const at = new Date('2024-05-02T13:05:00.000Z');
const id = '018f3c1e-0000-7000-8000-000000000001';

const message: MessageRow = {
  tenantId: 'demo',
  id,
  ticketId: id,
  instanceId: 'instance-42',
  chat: id,
  direction: 'INBOUND',
  externalId: 'wamid-123',
  aliasId: null,
  authorContactId: null,
  type: 'IMAGE',
  content: 'Oi!',
  caption: null,
  status: 'SENT',
  pendingAt: null,
  sentAt: at,
  deliveredAt: null,
  readAt: null,
  playedAt: null,
  failedAt: null,
  failure: null,
  brokerAt: at,
  occurredAt: at,
  receivedAt: at,
  placeholder: false,
  quotedExternalId: null,
  reactions: [],
  editedAt: null,
  editActionId: null,
  revokedAt: null,
  clientRef: null,
  retryOf: null,
  media: null,
  metadata: {
    broker: {
      messageId: 'wamid-123',
      instanceId: 'instance-42',
      broker: 'baileys',
      timestamp: '1714655100',
      receivedAt: at.toISOString(),
      cursor: null,
    },
    brokerMessageTimestamp: at.toISOString(),
    normalizedTimestamp: at.toISOString(),
    media: {},
    location: null,
    contacts: null,
    contact: {},
  },
  traceId: 't',
};

const ticket: TicketRow = {
  tenantId: 'demo',
  id,
  instanceId: 'instance-42',
  chat: id,
  contactId: id,
  queueId: null,
  assigneeId: null,
  status: 'OPEN',
  isHistory: false,
  mergedInto: null,
  firstIn: at,
  lastIn: at,
  firstOut: null,
  lastOut: null,
  inCount: 1,
  outCount: 0,
  unread: 1,
  lastMessageAt: at,
  lastMessageId: id,
  preview: 'Oi!',
  resolvedAt: null,
  closedAt: null,
  createdAt: at,
  updatedAt: at,
};

describe('presenters', () => {
  test('a message row is shown as the contract draws it', () => {
    const shown = presentMessage(message);
    expect(MessageSchema.parse(shown)).toEqual(shown);
    expect(shown).toMatchObject({ createdAt: '2024-05-02T13:05:00.000Z', externalId: 'wamid-123', editedAt: null });
    expect(JSON.stringify(shown)).not.toContain('traceId');
  });

  test('a REST ticket is the summary and its timeline, channel, instance and creation', () => {
    const shown = presentTicket(ticket, { id, name: 'Maria', phone: '+5511999999999' });
    expect(TicketSchema.parse(shown)).toEqual(shown);
    expect(shown.metadata.timeline.inboundCount).toBe(1);
    expect(shown.contact).toEqual({ id, name: 'Maria', phone: '+5511999999999' });
  });

  test('firstResponseSeconds is firstOutboundAt − firstInboundAt when ≥ 0, else null', () => {
    const after = new Date(at.getTime() + 90_500);
    expect(presentTimeline(ticket).firstResponseSeconds).toBeNull();
    expect(presentTimeline({ ...ticket, firstOut: after }).firstResponseSeconds).toBe(90.5);
    expect(presentTimeline({ ...ticket, firstOut: at }).firstResponseSeconds).toBe(0);
    expect(presentTimeline({ ...ticket, firstIn: after, firstOut: at }).firstResponseSeconds).toBeNull();
  });

  test('a delta carries absolute values of the direction that moved only', () => {
    expect(timelineDelta(ticket, 'INBOUND')).toEqual({
      firstInboundAt: at.toISOString(),
      lastInboundAt: at.toISOString(),
      inboundCount: 1,
    });
    expect(timelineDelta(ticket, 'OUTBOUND')).toEqual({
      firstOutboundAt: null,
      lastOutboundAt: null,
      outboundCount: 0,
    });
  });
});

test('a message deleted for everyone shows nothing of its content', () => {
  const words = 'nobody may read this';
  const metadata = { ...message.metadata, kind: words, contacts: [{ name: words, phones: [] }] };
  const shown = presentMessage({ ...message, content: words, caption: words, metadata, revokedAt: at });
  expect(MessageSchema.parse(shown)).toMatchObject({
    content: null,
    caption: null,
    media: null,
    metadata: { media: {} },
  });
  expect(JSON.stringify(shown)).not.toContain(words);
});

test('a reaction that was taken back is not shown', () => {
  const reactions = [
    { author: 'me', emoji: '', at: at.toISOString() },
    { author: '+5511', emoji: '👍', at: at.toISOString() },
  ];
  expect(presentMessage({ ...message, reactions }).reactions).toEqual([reactions[1]]);
});
