// Keys in both vintages.
import { describe, expect, test } from 'vitest';
import { readKey } from './key.js';

const PN = '5511977770001@s.whatsapp.net';
const LID = '88110022003300@lid';
const BOTH = [
  { kind: 'phone', value: '+5511977770001' },
  { kind: 'jid', value: PN },
  { kind: 'lid', value: LID },
];

describe('a phone and a hidden id of one chat are both read', () => {
  test.each([
    ['lid with its Alt', { remoteJid: LID, remoteJidAlt: PN }],
    ['phone with its Alt', { remoteJid: PN, remoteJidAlt: LID }],
    ['senderPn', { remoteJid: LID, senderPn: PN }],
    ['senderLid', { remoteJid: PN, senderLid: LID }],
    ['recipientLid of our own message', { remoteJid: PN, fromMe: true, recipientLid: LID }],
    ['device suffixes', { remoteJid: '88110022003300:4@lid', remoteJidAlt: '5511977770001:4@s.whatsapp.net' }],
    ['previousRemoteJid', { remoteJid: PN, previousRemoteJid: LID }],
  ])('%s', (_, key) => expect(readKey({ id: 'A', ...key }).chatAliases).toEqual(BOTH));
});

test('the sender of our own message is us, not the chat', () => {
  const key = readKey({ id: 'A', remoteJid: LID, fromMe: true, senderPn: '5511966660000@s.whatsapp.net' });
  expect(key.chatAliases).toEqual([{ kind: 'lid', value: LID }]);
});

test('a second address of the same side is somebody else', () => {
  const key = readKey({ id: 'A', remoteJid: PN, remoteJidAlt: '5521966660000@s.whatsapp.net' });
  expect(key.chatAliases).toEqual(BOTH.slice(0, 2));
});

describe('the author inside a group', () => {
  test.each([
    ['participantAlt', { participant: LID, participantAlt: PN }, undefined],
    ['participantPn', { participant: LID, participantPn: PN }, undefined],
    ['only the legacy place', { participant: '', participantLid: LID }, PN],
    ['only participantAlt', { participantAlt: PN, participantLid: LID }, undefined],
  ])('%s', (_, key, legacy) => {
    const read = readKey({ id: 'A', remoteJid: '120363000000000001@g.us', ...key }, legacy);
    expect(read.participantAliases).toEqual(BOTH);
    expect(read.chatAliases).toEqual([]);
  });
});

test.each([
  [true, true],
  [1, true],
  ['true', true],
  [false, false],
  [0, false],
  [null, null],
  [undefined, null],
])('fromMe %s is %s', (fromMe, expected) => expect(readKey({ id: 'A', fromMe }).fromMe).toBe(expected));

test('an empty participant and an empty id are missing', () => {
  expect(readKey({ id: '', remoteJid: PN, participant: '' })).toMatchObject({ id: null, participant: null });
  expect(readKey({ id: 'x'.repeat(600) }).id).toBeNull();
});

test("our own other address is not the chat's, where the key tells that it is ours", () => {
  const own = '5511966660000@s.whatsapp.net';
  for (const told of [{ senderPn: own }, { participant: '5511966660000:4@s.whatsapp.net' }, { participantAlt: own }]) {
    const key = readKey({ id: 'A', remoteJid: LID, fromMe: true, remoteJidAlt: own, ...told });
    expect(key.chatAliases).toEqual([{ kind: 'lid', value: LID }]);
  }
  expect(readKey({ id: 'A', remoteJid: LID, fromMe: true, remoteJidAlt: PN, senderPn: own }).chatAliases).toEqual(BOTH);
});
