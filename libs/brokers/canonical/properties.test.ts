// Whatever is posted, the canonical broker answers for every item of it.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical } from './canonical.js';

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
const PN = '5511977770001@s.whatsapp.net';
const LID = '88110022003300@lid';
function parse(body: unknown, hints: { instanceId?: string; event?: string } = { instanceId: 'instance-42' }) {
  return [...canonical.parse(body, hints)];
}
function envelope(payload: object, outside: object = {}) {
  return { ...SAMPLE, ...outside, payload: { ...SAMPLE.payload, ...payload } };
}
describe('properties', () => {
  const words = fc.constantFrom(
    'type',
    'event',
    'payload',
    'message',
    'messages',
    'key',
    'update',
    'updates',
    'contact',
    'metadata',
    'id',
    'remoteJid',
    'conversation',
    'imageMessage',
    'protocolMessage',
    'editedMessage',
    'reactionMessage',
    'receipt',
    'raw',
    'body',
    'events',
    'status',
    'timestamp',
    'vcard',
    'contextInfo',
    'toString',
    'constructor',
    'location',
    'text',
    'from',
    'data',
  );
  const values = fc.oneof(
    fc.constantFrom(
      'MESSAGE_INBOUND',
      'message',
      'messages.update',
      'messages.upsert',
      'contacts.update',
      PN,
      LID,
      '',
      14,
    ),
    fc.jsonValue(),
  );
  const { node } = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 6 },
      values,
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(words, tie('node'), { maxKeys: 6 }),
    ),
  }));
  test('it never throws, and every item comes back as an event or a verdict', () => {
    fc.assert(
      fc.property(node, (body) => {
        for (const item of parse(body)) expect('event' in item || item.verdict.length > 0).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
  test('any content inside a good envelope is told by an event or a reason, never as a broken contract', () => {
    fc.assert(
      fc.property(fc.dictionary(words, node), (message) => {
        for (const item of parse(envelope({ message }))) {
          expect('event' in item || item.reason !== 'invalid_contract').toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
