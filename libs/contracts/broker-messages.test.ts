// whatsapp-broker, "Outbound Contract": what we send and how an answer gives its id.
import { describe, expect, test } from 'vitest';
import {
  BrokerOutboundMessageSchema,
  BrokerOutboundPayloadSchema,
  BrokerOutboundResponseSchema,
  OUTBOUND_TYPES,
} from './broker-messages.js';

const TO = { instanceId: 'instance-42', to: '+5511999999999' };
const PARTS: Record<string, object> = {
  text: { content: 'Oi' },
  image: { media: { url: 'https://files.exemplo/a.jpg' } },
  video: { media: { uploadId: 'u1' } },
  document: { media: { url: 'http://localhost:9/x.pdf', fileName: 'x.pdf' } },
  audio: { media: { uploadId: 'u1' } },
  location: { location: { latitude: 0, longitude: 0 } },
  template: { template: { name: 'ola', language: 'pt_BR' } },
  contacts: { contacts: [{ name: 'Zuleica', phones: ['+5511977770001'] }] },
  reaction: { reaction: { targetMessageId: 'm1', emoji: '' } },
};

describe('BrokerOutboundMessageSchema', () => {
  test('type defaults to text; both names of the instance come out', () => {
    expect(BrokerOutboundMessageSchema.parse({ sessionId: 'instance-42', to: ' 5511 ', content: 'Oi' })).toEqual({
      sessionId: 'instance-42',
      instanceId: 'instance-42',
      to: '5511',
      content: 'Oi',
      type: 'text',
    });
  });
  test.each([...OUTBOUND_TYPES])('%s passes with its part and is refused without it', (type) => {
    expect(BrokerOutboundMessageSchema.safeParse({ ...TO, type, ...PARTS[type] }).success).toBe(true);
    const bare = BrokerOutboundMessageSchema.safeParse({ ...TO, type });
    expect(bare.error?.issues[0]?.path).toEqual(Object.keys(PARTS[type] ?? {}));
  });
  test.each([
    ['no instance', { to: '5511', content: 'Oi' }],
    ['two instances', { ...TO, sessionId: 'another', content: 'Oi' }],
    ['no recipient', { instanceId: 'instance-42', content: 'Oi' }],
    ['blank text', { ...TO, content: '   ' }],
    ['a type that is not allowed', { ...TO, type: 'carrier-pigeon', content: 'Oi' }],
    ['media without a place', { ...TO, type: 'image', media: { size: 1 } }],
    ['media by another protocol', { ...TO, type: 'image', media: { url: 'file:///etc/passwd' } }],
    ['a place off the globe', { ...TO, type: 'location', location: { latitude: 91, longitude: 0 } }],
  ])('%s is refused', (_, message) => expect(BrokerOutboundMessageSchema.safeParse(message).success).toBe(false));
  test('the payload alone needs no address', () => {
    expect(BrokerOutboundPayloadSchema.parse({ content: 'Oi' })).toEqual({ content: 'Oi', type: 'text' });
    expect(BrokerOutboundPayloadSchema.safeParse({}).success).toBe(false);
  });
});

describe('BrokerOutboundResponseSchema', () => {
  test.each(['externalId', 'id', 'messageId', 'message_id'])('the id may be called %s', (name) => {
    expect(BrokerOutboundResponseSchema.parse({ [name]: 'wamid-9' }).externalId).toBe('wamid-9');
    for (const place of ['data', 'result', 'payload', 'message', 'response']) {
      const answer = { [place]: { [name]: 'wamid-9', status: 'queued' } };
      expect(BrokerOutboundResponseSchema.parse(answer)).toEqual({
        externalId: 'wamid-9',
        status: 'queued',
        raw: answer,
      });
    }
  });
  test('an answer without an id has none: the outcome is unknown', () => {
    expect(BrokerOutboundResponseSchema.parse({ success: true })).toEqual({ externalId: null, raw: { success: true } });
  });
  test('what is no object is no answer', () => {
    for (const answer of ['OK', null, [], 7])
      expect(BrokerOutboundResponseSchema.safeParse(answer).success).toBe(false);
  });
});
