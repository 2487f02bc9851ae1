// Every stub type of brokers.md 1.8 by number and name: lines, stand-ins, revokes, identity.
import { describe, expect, test } from 'vitest';
import { readMessage } from './message.js';
import type { Outer } from './outer.js';

const OUTER: Outer = {
  broker: 'baileys',
  cursor: null,
  origin: 'live',
  timesBefore: [],
  timesAfter: [],
  contact: null,
  aliases: [],
  direction: null,
  externalId: null,
};
const PN = '5511977770001@s.whatsapp.net';
const NEW_PN = '5511977770002@s.whatsapp.net';
const LID = '88110022003300@lid';
const GROUP = '120363000000000001@g.us';
const LONE = { key: { remoteJid: PN, fromMe: false, id: '3EB0A', participant: '' }, messageTimestamp: 1749300000 };
const IN_GROUP = { ...LONE, key: { remoteJid: GROUP, fromMe: false, id: '3EB0A', participant: PN } };

function both(table: [number, string, object?][]): [number | string, object][] {
  return table.flatMap(([number, name, more = {}]) =>
    [number, String(number), name].map((type): [number | string, object] => [type, more]),
  );
}
function read(raw: object, parts: object) {
  return readMessage({ ...raw, ...parts }, OUTER);
}

test.each(
  both([
    [1, 'REVOKE'],
    [132, 'ADMIN_REVOKE'],
  ]),
)('%s takes the message back', (messageStubType) => {
  expect(read(LONE, { messageStubType })).toMatchObject({ event: { kind: 'revoke', targetId: '3EB0A' } });
});

describe('stand-ins', () => {
  const stubs: [number | string, object][] = both([
    [2, 'CIPHERTEXT', { reason: 'ciphertext' }],
    [68, 'OVERSIZED', { reason: 'oversized' }],
  ]);
  test.each(stubs)('%s is a placeholder that the same id replaces later', (messageStubType, more) => {
    for (const message of [undefined, null, {}, { messageContextInfo: {} }]) {
      expect(read(LONE, { messageStubType, message, messageStubParameters: ['Bad MAC'] })).toMatchObject({
        event: {
          kind: 'message',
          externalId: '3EB0A',
          type: 'UNSUPPORTED',
          content: null,
          placeholder: true,
          extra: { kind: 'placeholder', ...more },
        },
      });
    }
  });
  test('content wins over the stub', () => {
    const parts = { messageStubType: 2, message: { conversation: 'oi' } };
    expect(read(LONE, parts)).toMatchObject({ event: { placeholder: false, content: 'oi' } });
  });
  test.each([{}, { messageStubType: 2 }])('a view-once message for the phone alone is a placeholder: %j', (parts) => {
    const key = { ...LONE.key, isViewOnce: true };
    expect(read({ ...LONE, key }, parts)).toMatchObject({
      event: { placeholder: true, extra: { kind: 'placeholder', reason: 'view_once' } },
    });
  });
});

describe('lines', () => {
  test.each(
    both([
      [40, 'CALL_MISSED_VOICE', { video: false, group: false }],
      [41, 'CALL_MISSED_VIDEO', { video: true, group: false }],
      [45, 'CALL_MISSED_GROUP_VOICE', { video: false, group: true }],
      [46, 'CALL_MISSED_GROUP_VIDEO', { video: true, group: true }],
    ]),
  )('%s is a missed call, which is news', (messageStubType, more) => {
    expect(read(LONE, { messageStubType })).toMatchObject({
      event: {
        kind: 'message',
        type: 'SYSTEM',
        origin: 'live',
        direction: 'INBOUND',
        extra: { kind: 'missed_call', ...more },
      },
    });
  });
  test.each(
    both([
      [20, 'GROUP_CREATE', { change: 'create' }],
      [21, 'GROUP_CHANGE_SUBJECT', { change: 'subject' }],
      [22, 'GROUP_CHANGE_ICON', { change: 'icon' }],
      [23, 'GROUP_CHANGE_INVITE_LINK', { change: 'invite_link' }],
      [24, 'GROUP_CHANGE_DESCRIPTION', { change: 'description' }],
      [25, 'GROUP_CHANGE_RESTRICT', { change: 'restrict' }],
      [26, 'GROUP_CHANGE_ANNOUNCE', { change: 'announce' }],
      [27, 'GROUP_PARTICIPANT_ADD', { change: 'add' }],
      [28, 'GROUP_PARTICIPANT_REMOVE', { change: 'remove' }],
      [29, 'GROUP_PARTICIPANT_PROMOTE', { change: 'promote' }],
      [30, 'GROUP_PARTICIPANT_DEMOTE', { change: 'demote' }],
      [31, 'GROUP_PARTICIPANT_INVITE', { change: 'invite' }],
      [32, 'GROUP_PARTICIPANT_LEAVE', { change: 'leave' }],
    ]),
  )('%s is a quiet line of the group', (messageStubType, more) => {
    expect(read(IN_GROUP, { messageStubType })).toMatchObject({
      event: {
        kind: 'message',
        type: 'SYSTEM',
        origin: 'history',
        chat: { kind: 'group' },
        extra: { kind: 'group_change', ...more },
      },
    });
  });
  test('participants are addresses in Baileys 6 and objects as JSON in 7', () => {
    const messageStubParameters = [NEW_PN, JSON.stringify({ id: LID, phoneNumber: PN, admin: null })];
    expect(read(IN_GROUP, { messageStubType: 27, messageStubParameters })).toMatchObject({
      event: { extra: { parameters: [NEW_PN, LID] } },
    });
  });
  test.each([72, 123, 130, '72', 'CHANGE_EPHEMERAL_SETTING', 19, 219, 'STUB_OF_NEXT_YEAR'])(
    '%s has nothing to show',
    (messageStubType) => {
      expect(read(LONE, { messageStubType })).toMatchObject({ verdict: 'ignored', reason: 'system_message' });
    },
  );
  test.each([undefined, null, 0, '0', '', 'UNKNOWN', {}])('%j is no stub', (messageStubType) => {
    expect(read(LONE, { messageStubType })).toMatchObject({ verdict: 'ignored', reason: 'no_content' });
  });
});

describe('a changed address', () => {
  const names = (reading: unknown) =>
    (reading as { event: { chat: { aliases: { value: string }[] } } }).event.chat.aliases.map(({ value }) => value);
  test.each(both([[42, 'INDIVIDUAL_CHANGE_NUMBER']]))('%s joins the old number and the new', (messageStubType) => {
    for (const messageStubParameters of [[NEW_PN], [PN, NEW_PN], [JSON.stringify({ id: NEW_PN })]]) {
      const reading = read(LONE, { messageStubType, messageStubParameters });
      expect(reading).toMatchObject({ event: { kind: 'contact', at: '2025-06-07T12:40:00.000Z' } });
      expect(names(reading)).toEqual(['+5511977770001', PN, '+5511977770002', NEW_PN]);
    }
  });
  test.each(both([[213, 'CHANGE_LID']]))('%s joins the hidden ids', (messageStubType) => {
    expect(names(read(LONE, { messageStubType, messageStubParameters: [LID] }))).toContain(LID);
  });
  test('in a group it is the author who changed', () => {
    const reading = read(IN_GROUP, { messageStubType: 33, messageStubParameters: [NEW_PN] });
    expect(reading).toMatchObject({ event: { kind: 'contact', chat: { kind: 'person' } } });
    expect(names(reading)).toEqual(['+5511977770001', PN, '+5511977770002', NEW_PN]);
  });
  test.each<[number, object, unknown[]]>([
    [33, IN_GROUP, [NEW_PN, '5511977770003@s.whatsapp.net']],
    [42, LONE, [NEW_PN, '5511977770003@s.whatsapp.net', '5511977770004@s.whatsapp.net']],
    [42, LONE, []],
    [42, LONE, [PN]],
    [42, LONE, ['not an address', GROUP, null, 7]],
  ])('%s of %j with %j joins nobody', (messageStubType, raw, messageStubParameters) => {
    expect(read(raw, { messageStubType, messageStubParameters })).toMatchObject({
      verdict: 'ignored',
      reason: 'system_message',
    });
  });
  test('of two people told, one must be whom the message is about', () => {
    const OTHER = '5511977770003@s.whatsapp.net';
    const IN_CHAT = { messageStubType: 42, messageStubParameters: [NEW_PN, OTHER] };
    const nobody = { verdict: 'ignored', reason: 'system_message' };
    expect(read(LONE, IN_CHAT)).toMatchObject(nobody);
    const untold = { ...IN_GROUP, key: { ...IN_GROUP.key, participant: undefined } };
    expect(read(untold, { ...IN_CHAT, messageStubType: 213 })).toMatchObject(nobody);
    expect(read(IN_GROUP, { ...IN_CHAT, messageStubParameters: [PN, NEW_PN] })).toMatchObject({ event: {} });
  });
  test.each<[string, Partial<Outer>, boolean]>([
    ['live', {}, true],
    ['history', { origin: 'history' }, false],
    ['append, told within a day', { origin: 'append', timesAfter: [1749300000 + 3600] }, true],
    ['append, told two days later', { origin: 'append', timesAfter: [1749300000 + 2 * 86_400] }, false],
    ['append, nobody says when', { origin: 'append' }, false],
  ])('two numbers are one person only while the news is fresh: %s', (_, outer, joins) => {
    const changed = (jid: string, messageStubType: number) =>
      readMessage({ ...LONE, messageStubType, messageStubParameters: [jid] }, { ...OUTER, ...outer });
    const pair = changed(LID, 213);
    expect('event' in changed(NEW_PN, 42)).toBe(joins);
    expect('event' in pair).toBe(true);
  });
  test('a hidden person who shares the phone is known by both from then on', () => {
    const message = { protocolMessage: { type: 11 } };
    const key = { ...LONE.key, remoteJid: LID, senderPn: PN };
    expect(names(read({ ...LONE, key }, { message }))).toEqual(['+5511977770001', PN, LID]);
    expect(read(LONE, { message })).toMatchObject({ verdict: 'ignored', reason: 'protocol_message' });
  });
});
