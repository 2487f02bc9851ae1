// Whole WAMessages: who, which way, when, and what is no customer's message.
import { describe, expect, test } from 'vitest';
import { readMessage } from './message.js';
import type { Outer } from './outer.js';

const OUTER: Outer = {
  broker: 'baileys',
  cursor: null,
  origin: 'live',
  timesBefore: [],
  timesAfter: ['2025-01-01T00:00:00Z'],
  contact: null,
  aliases: [],
  direction: null,
  externalId: null,
};
const PN = '5511977770001@s.whatsapp.net';
const GROUP = '120363000000000001@g.us';
const LIVE = {
  key: { remoteJid: PN, remoteJidAlt: '88110022003300@lid', fromMe: false, id: '3EB0A', participant: '' },
  messageTimestamp: 1749300000,
  pushName: 'Zuleica',
  message: { conversation: 'bom dia' },
};

test('a live message of a person', () => {
  expect(readMessage(LIVE, OUTER)).toMatchObject({
    event: {
      kind: 'message',
      at: '2025-06-07T12:40:00.000Z',
      externalId: '3EB0A',
      direction: 'INBOUND',
      chat: {
        kind: 'person',
        jid: PN,
        aliases: [
          { kind: 'phone', value: '+5511977770001' },
          { kind: 'jid', value: PN },
          { kind: 'lid', value: '88110022003300@lid' },
        ],
      },
      contact: { phone: '+5511977770001', name: 'Zuleica', pushName: 'Zuleica' },
      author: null,
      type: 'TEXT',
      content: 'bom dia',
      placeholder: false,
    },
  });
});

describe('names', () => {
  test.each([
    [{ verifiedBizName: 'Padaria', pushName: 'Zu' }, 'Padaria'],
    [{ pushName: '' }, null],
    [{ pushName: 'Você' }, null],
    [{ key: { ...LIVE.key, fromMe: true }, pushName: 'A Loja' }, null],
  ])('%j names the contact %s', (parts, name) => {
    expect(readMessage({ ...LIVE, ...parts }, OUTER)).toMatchObject({ event: { contact: { name } } });
  });
});

describe('time', () => {
  test('a message without a usable time takes the one around it', () => {
    expect(readMessage({ ...LIVE, messageTimestamp: 0 }, OUTER)).toMatchObject({
      event: { at: '2025-01-01T00:00:00.000Z' },
    });
  });
  test('when none makes sense the broker spelling is kept', () => {
    const reading = readMessage({ ...LIVE, messageTimestamp: 'soon' }, { ...OUTER, timesAfter: [] });
    expect(reading).toMatchObject({ event: { at: null, atRaw: 'soon' } });
  });
});

describe('groups', () => {
  const inGroup = { ...LIVE, key: { id: 'G1', remoteJid: GROUP, fromMe: false, participant: PN } };
  test('the chat is the group, the author is the person', () => {
    expect(readMessage(inGroup, OUTER)).toMatchObject({
      event: {
        chat: { kind: 'group', jid: GROUP, aliases: [] },
        author: { aliases: [{ kind: 'phone', value: '+5511977770001' }, { kind: 'jid' }] },
        contact: { name: 'Zuleica', phone: '+5511977770001' },
      },
    });
  });
  test('our own word in a group has no author to make a contact of', () => {
    const own = { ...inGroup, key: { ...inGroup.key, fromMe: true } };
    expect(readMessage(own, OUTER)).toMatchObject({ event: { direction: 'OUTBOUND', author: { aliases: [] } } });
  });
});

describe('what is no customer message is ignored with its reason', () => {
  test.each([
    ['status@broadcast', 'status_broadcast'],
    ['120363000000000002@newsletter', 'newsletter'],
    ['867051314767696@bot', 'not_a_customer'],
    ['0@s.whatsapp.net', 'not_a_customer'],
    ['1700000000@broadcast', 'broadcast_list'],
  ])('%s: %s', (remoteJid, reason) => {
    const raw = { ...LIVE, key: { remoteJid, id: 'X' } };
    expect(readMessage(raw, OUTER)).toMatchObject({ verdict: 'ignored', reason, externalId: 'X' });
  });
  test('own-device traffic', () => {
    expect(readMessage({ ...LIVE, category: 'peer' }, OUTER)).toMatchObject({ reason: 'peer_message' });
  });
  test('a key without a message', () => {
    expect(readMessage({ key: LIVE.key }, OUTER)).toMatchObject({ reason: 'no_content' });
  });
  test.each([
    { participant: '88110022003300@lid', participantAlt: PN },
    { participant: '88110022003300@lid', remoteJidAlt: PN },
    { participant: PN, remoteJidAlt: '88110022003300@lid' },
  ])('the author of a broadcast list is known by both addresses: %j', (more) => {
    const raw = { ...LIVE, key: { remoteJid: '1700000000@broadcast', id: 'X', ...more } };
    const [phone, jid, lid] = ['+5511977770001', PN, '88110022003300@lid'];
    expect(readMessage(raw, OUTER)).toMatchObject({
      event: { chat: { aliases: [{ value: phone }, { value: jid }, { value: lid }] } },
    });
  });
  test("a customer's broadcast list is that customer", () => {
    const raw = { ...LIVE, key: { remoteJid: '1700000000@broadcast', id: 'X', participant: PN } };
    expect(readMessage(raw, OUTER)).toMatchObject({ event: { chat: { kind: 'person', jid: PN } } });
  });
});

describe('changes', () => {
  const target = { remoteJid: 'perspective@of.the.sender', fromMe: true, id: 'ORIGINAL' };
  test('an edit keeps its own id as the action and takes its own time', () => {
    const protocolMessage = {
      key: target,
      type: 14,
      editedMessage: { conversation: 'novo' },
      timestampMs: '1749300060000',
    };
    expect(readMessage({ ...LIVE, message: { protocolMessage } }, OUTER)).toMatchObject({
      event: {
        kind: 'edit',
        at: '2025-06-07T12:41:00.000Z',
        targetId: 'ORIGINAL',
        actionId: '3EB0A',
        targetDirection: 'INBOUND',
        chat: { jid: PN },
        content: 'novo',
      },
    });
  });
  test('a group admin may revoke what others wrote', () => {
    const raw = {
      key: { remoteJid: GROUP, participant: PN, id: 'R1' },
      message: { protocolMessage: { key: target, type: 0 } },
    };
    expect(readMessage(raw, OUTER)).toMatchObject({ event: { kind: 'revoke', targetDirection: null } });
    expect(readMessage({ ...raw, key: LIVE.key }, OUTER)).toMatchObject({ event: { targetDirection: 'INBOUND' } });
  });
  test.each([
    [true, 'me'],
    [false, '+5511977770001'],
  ])('a reaction with fromMe %s is by %s', (fromMe, author) => {
    const raw = { key: { ...LIVE.key, fromMe }, message: { reactionMessage: { key: target, text: '👍' } } };
    expect(readMessage(raw, OUTER)).toMatchObject({
      event: { kind: 'reaction', targetId: 'ORIGINAL', targetDirection: null, author, emoji: '👍' },
    });
  });
});

test.each([
  ['no id', { remoteJid: PN }, 'missing_id'],
  ['no chat', { id: 'X', remoteJid: '' }, 'missing_chat'],
])('%s is rejected with the path', (_, key, reason) => {
  const reading = readMessage({ ...LIVE, key }, OUTER);
  expect(reading).toMatchObject({ verdict: 'rejected', reason, issues: [{ path: expect.any(String) }] });
});
