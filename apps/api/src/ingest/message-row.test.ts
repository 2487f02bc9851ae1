// The row of a message as its event gives it.
import { describe, expect, test } from 'vitest';
import type { CanonicalMessage } from '@recado/contracts';
import { messageRow } from './message-row.js';
import { openDelivery, toWork } from './work.js';

const RECEIVED = new Date('2024-05-02T13:05:01.000Z');
const NOBODY = { phone: null, name: null, document: null, registrations: null, avatarUrl: null, pushName: null };

function rowOf(event: Partial<CanonicalMessage>) {
  const message: CanonicalMessage = {
    kind: 'message',
    at: '2024-05-02T13:05:00.000Z',
    broker: 'baileys',
    cursor: null,
    chat: { kind: 'person', jid: null, aliases: [{ kind: 'phone', value: '+5511999999999' }] },
    externalId: 'wamid-1',
    direction: 'INBOUND',
    origin: 'live',
    contact: { ...NOBODY, metadata: {} },
    author: null,
    type: 'TEXT',
    content: 'Oi!',
    caption: null,
    media: null,
    location: null,
    contacts: null,
    quotedId: null,
    placeholder: false,
    extra: {},
    ...event,
  };
  const item = { instanceId: 'instance-42', raw: {}, event: message };
  const delivery = openDelivery({
    tenantId: 'demo',
    instanceId: 'instance-42',
    groupPolicy: 'ignore',
    transport: 'webhook',
    sha256: Buffer.alloc(32),
    raw: Buffer.alloc(0),
    items: [item],
    traceId: 'trace',
    receivedAt: RECEIVED,
  });
  const work = toWork(delivery, item, 0, null);
  if (work.kind !== 'message') throw new Error('not a message');
  return messageRow(work, 'ticket-1');
}

describe('metadata', () => {
  test('holds the broker, the times and the attributes that were given', () => {
    const { metadata } = rowOf({ contact: { ...NOBODY, name: 'Maria', metadata: { vip: true } } });
    expect(metadata).toMatchObject({
      broker: { messageId: 'wamid-1', instanceId: 'instance-42', broker: 'baileys' },
      brokerMessageTimestamp: '2024-05-02T13:05:00.000Z',
      normalizedTimestamp: '2024-05-02T13:05:00.000Z',
      contact: { vip: true, name: 'Maria' },
    });
    expect(metadata.contact).not.toHaveProperty('phone');
    expect(metadata).not.toHaveProperty('timestampSource');
  });

  test('an attribute wins over another key of its name, and our own keys win over those of the content', () => {
    const contact = { ...NOBODY, name: 'Maria', metadata: { name: 'nobody' } };
    const { metadata } = rowOf({ contact, extra: { kind: 'conversation', broker: 'forged' } });
    expect(metadata).toMatchObject({
      kind: 'conversation',
      broker: { messageId: 'wamid-1' },
      contact: { name: 'Maria' },
    });
  });

  test('a time that the broker did not tell is told as received, with its spelling', () => {
    const { metadata, occurredAt } = rowOf({ at: null, atRaw: 'yesterday' });
    expect(metadata).toMatchObject({ timestampSource: 'received', timestampRaw: 'yesterday' });
    expect(occurredAt).toEqual(RECEIVED);
  });

  test('other keys of a contact beyond 16 kB are not told again with every message', () => {
    const { metadata } = rowOf({ contact: { ...NOBODY, name: 'Maria', metadata: { note: 'x'.repeat(20_000) } } });
    expect(metadata.contact).toEqual({ name: 'Maria' });
  });
});
