// Addresses in every form of the wild.
import { describe, expect, test } from 'vitest';
import { aliasesOfJid, readJid, reasonAgainst } from './jid.js';

const PERSON = '5511977770001@s.whatsapp.net';

describe('addresses are understood without device and agent', () => {
  test.each([
    ['5511977770001@s.whatsapp.net', 'phone', PERSON],
    ['5511977770001@c.us', 'phone', PERSON],
    ['5511977770001:12@s.whatsapp.net', 'phone', PERSON],
    ['5511977770001_1:12@s.whatsapp.net', 'phone', PERSON],
    ['5511977770001_1@S.WHATSAPP.NET', 'phone', PERSON],
    ['5511977770001:99@hosted', 'phone', PERSON],
    ['5511977770001', 'phone', PERSON],
    ['88110022003300@lid', 'lid', '88110022003300@lid'],
    ['88110022003300:3@lid', 'lid', '88110022003300@lid'],
    ['88110022003300:99@hosted.lid', 'lid', '88110022003300@lid'],
    ['120363000000000001@g.us', 'group', '120363000000000001@g.us'],
    ['5511977770001-1500000000@g.us', 'group', '5511977770001-1500000000@g.us'],
  ])('%s', (raw, kind, value) => expect(readJid(raw)).toMatchObject({ kind, value }));

  test.each(['', '   ', undefined, null, 7, 'Maria', '@c.us', '12@', 'x'.repeat(200)])('%s is missing', (raw) => {
    expect(readJid(raw)).toBeNull();
  });
});

test('a phone address gives its number and its jid, a hidden id only itself', () => {
  expect(aliasesOfJid(readJid(PERSON)!)).toEqual([
    { kind: 'phone', value: '+5511977770001' },
    { kind: 'jid', value: PERSON },
  ]);
  expect(aliasesOfJid(readJid('88110022003300@lid')!)).toEqual([{ kind: 'lid', value: '88110022003300@lid' }]);
});

test.each([
  ['status@broadcast', 'status_broadcast'],
  ['1700000000@broadcast', 'broadcast_list'],
  ['120363000000000002@newsletter', 'newsletter'],
  ['13135550002@c.us', 'not_a_customer'],
  ['867051314767696@bot', 'not_a_customer'],
  ['abc@call', 'not_a_customer'],
  ['0@c.us', 'not_a_customer'],
  ['server@c.us', 'not_a_customer'],
  ['16505361212@c.us', 'not_a_customer'],
  [PERSON, null],
  ['120363000000000001@g.us', null],
])('%s is told apart from customers: %s', (raw, reason) => expect(reasonAgainst(readJid(raw)!)).toBe(reason));
