// Which words count when a message looks a little like Baileys and a little like something of its own.
import { describe, expect, test } from 'vitest';
import { canonical } from './canonical.js';

const PERSON = '5511977770001@s.whatsapp.net';
const KEY = { remoteJid: PERSON, fromMe: false, id: 'WHOLE-1' };

function read(message: object) {
  const payload = { contact: { phone: '+5511977770001' }, message, metadata: {} };
  const [item] = canonical.parse({ id: 'ENV-1', type: 'MESSAGE_INBOUND', instanceId: 'i', payload }, {});
  if (item === undefined) throw new Error('nothing was read');
  return 'event' in item ? item.event : `${item.verdict} ${item.reason}`;
}

describe('plain words', () => {
  test.each([
    { type: 'text', text: 'oi', isGroupMessage: false },
    { text: 'oi', messageContextInfo: {} },
    { text: 'oi', senderKeyDistributionMessage: { groupId: 'g' } },
    { text: 'oi', replyToMessage: { id: 'B' } },
    { type: 'chat', body: 'oi', quotedMessage: { conversation: 'before' } },
    { text: 'oi', conversation: null },
  ])('are read whatever stands beside them: %j', (message) => {
    expect(read(message)).toMatchObject({ type: 'TEXT', content: 'oi' });
  });
  test.each([{ messageContextInfo: {} }, { conversation: null, imageMessage: null }, { pushName: 'A', status: 3 }])(
    'where there are none, nothing is shown: %j',
    (message) => {
      expect(read(message)).toBe('ignored no_content');
    },
  );
  test.each([{ isGroupMessage: false, wave: 1 }, { messageContextInfo: {}, wave: 1 }, { waveMessage: { a: 1 } }])(
    'what cannot be read is not lost: %j',
    (message) => {
      expect(read(message)).toMatchObject({ type: 'UNSUPPORTED' });
    },
  );
});

describe('a whole message in an envelope', () => {
  const HEAD = { messageTimestamp: 1714655100, broadcast: false, pushName: 'Maria', status: 'SERVER_ACK' };
  test('of a view-once is its stand-in', () => {
    expect(read({ key: { ...KEY, isViewOnce: true }, ...HEAD })).toMatchObject({
      type: 'UNSUPPORTED',
      placeholder: true,
      extra: { reason: 'view_once' },
    });
  });
  test.each([{ message: null }, {}, { verifiedBizName: 'X', participant: '' }])(
    'without content shows nothing: %j',
    (more) => {
      expect(read({ key: KEY, ...HEAD, ...more })).toBe('ignored no_content');
    },
  );
  test('may have its content beside the key, and keeps its names', () => {
    expect(read({ key: KEY, ...HEAD, verifiedBizName: 'Loja', conversation: 'oi' })).toMatchObject({
      content: 'oi',
      contact: { name: 'Loja' },
    });
  });
});
