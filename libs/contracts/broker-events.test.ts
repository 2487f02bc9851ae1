// whatsapp-broker, "Inbound Contract": what the two schemas demand and what they forgive.
import { describe, expect, test } from 'vitest';
import { BrokerContactSchema, BrokerInboundEventSchema, BrokerWebhookInboundSchema } from './broker-events.js';

const SAMPLE = {
  id: 'wamid-123',
  type: 'MESSAGE_INBOUND',
  instanceId: 'instance-42',
  timestamp: '2024-05-02T13:05:00.000Z',
  payload: {
    instanceId: 'instance-42',
    timestamp: '2024-05-02T13:05:00.000Z',
    contact: { phone: '+5511999999999', name: 'Maria', registrations: ['ABC123'] },
    message: { conversation: 'Oi!', imageMessage: { mimetype: 'image/jpeg' } },
    metadata: { broker: 'baileys', timestamp: 1714655100 },
  },
};

function issuesOf(value: unknown): string[] {
  const result = BrokerInboundEventSchema.safeParse(value);
  return result.success ? [] : result.error.issues.map((issue) => issue.path.join('.'));
}

describe('BrokerInboundEventSchema', () => {
  test("the contract's sample passes, its contact attributes all there and nullable", () => {
    const { payload } = BrokerInboundEventSchema.parse(SAMPLE);
    expect(payload.contact).toEqual({
      phone: '+5511999999999',
      name: 'Maria',
      document: null,
      registrations: ['ABC123'],
      avatarUrl: null,
      pushName: null,
      metadata: {},
    });
    expect(payload.timestamp).toBe('2024-05-02T13:05:00.000Z');
  });
  test.each(['id', 'type', 'instanceId', 'payload'])('%s is required', (field) => {
    expect(issuesOf({ ...SAMPLE, [field]: undefined })).toEqual([field]);
  });
  test.each(['contact', 'message', 'metadata'])('payload.%s is required and must be an object', (field) => {
    for (const value of [undefined, null, 'text', [], 7]) {
      expect(issuesOf({ ...SAMPLE, payload: { ...SAMPLE.payload, [field]: value } })).toEqual([`payload.${field}`]);
    }
  });
  test('another type is refused', () => expect(issuesOf({ ...SAMPLE, type: 'MESSAGE_SIDEWAYS' })).toEqual(['type']));
  test.each([1714655100, '1714655100000', '2024-05-02T10:05:00-03:00'])('timestamp %s is normalised', (timestamp) => {
    expect(BrokerInboundEventSchema.parse({ ...SAMPLE, timestamp }).timestamp).toBe('2024-05-02T13:05:00.000Z');
  });
  test('a nonsense timestamp is null, not an error', () => {
    expect(BrokerInboundEventSchema.parse({ ...SAMPLE, timestamp: 'yesterday' }).timestamp).toBeNull();
  });
  test('the cursor is optional and stays an opaque string', () => {
    expect(BrokerInboundEventSchema.parse(SAMPLE).cursor).toBeUndefined();
    expect(BrokerInboundEventSchema.parse({ ...SAMPLE, cursor: '00:12' }).cursor).toBe('00:12');
  });
  test('one bad contact field drops only itself, and unknown keys are kept under metadata', () => {
    const contact = {
      phone: 5511999999999,
      name: { first: 'Maria' },
      registrations: 'ABC',
      crmId: 7,
      metadata: { a: 1 },
    };
    const read = BrokerInboundEventSchema.parse({ ...SAMPLE, payload: { ...SAMPLE.payload, contact } }).payload.contact;
    expect(read).toMatchObject({
      phone: '5511999999999',
      name: null,
      registrations: null,
      metadata: { crmId: 7, a: 1 },
    });
  });
  test('the message is forwarded intact', () => {
    expect(BrokerInboundEventSchema.parse(SAMPLE).payload.message).toBe(SAMPLE.payload.message);
  });
});

test('no key of a contact becomes a prototype', () => {
  const contact = JSON.parse('{"metadata":{"__proto__":{"isAdmin":true},"a":1},"__proto__":{"b":2}}') as object;
  const { metadata } = BrokerContactSchema.parse(contact);
  expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
  expect(metadata).toEqual({ a: 1 });
});

describe('BrokerWebhookInboundSchema', () => {
  const FORM = {
    event: 'message',
    instanceId: 'instance-42',
    from: { phone: '+5511999999999' },
    message: { text: 'Oi' },
  };
  test('direction is inbound unless told, in any case', () => {
    expect(BrokerWebhookInboundSchema.parse(FORM).direction).toBe('inbound');
    expect(BrokerWebhookInboundSchema.parse({ ...FORM, direction: 'OUTBOUND' }).direction).toBe('outbound');
    expect(BrokerWebhookInboundSchema.safeParse({ ...FORM, direction: 'sideways' }).success).toBe(false);
  });
  test('a message that is no object is refused', () => {
    expect(BrokerWebhookInboundSchema.safeParse({ ...FORM, message: 'Oi' }).success).toBe(false);
  });
});

test('of a contact with thousands of keys the first 200 others are kept', () => {
  const keys = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, n]));
  const read = BrokerContactSchema.parse({ ...keys, name: 'Ana' });
  expect([read.name, Object.keys(read.metadata).length]).toEqual(['Ana', 200]);
});
