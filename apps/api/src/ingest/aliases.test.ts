// How the names of a broker become keys, and that their order never matters.
import type { Alias } from '@recado/contracts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aliasKeys, pickPhone } from './aliases.js';

const keysOf = (...aliases: Alias[]) => aliasKeys('i1', aliases).map(({ kind, scope, key }) => [kind, scope, key]);
const jid = (value: string): Alias => ({ kind: 'jid', value });
const lid = (value: string): Alias => ({ kind: 'lid', value });
const phone = (value: string): Alias => ({ kind: 'phone', value });

describe('aliasKeys', () => {
  test('a phone belongs to the tenant, every other name to the instance', () => {
    expect(
      keysOf(
        phone('+55 11 99999-8888'),
        lid('1234@lid'),
        { kind: 'bsuid', value: 'BR.Ab1' },
        { kind: 'username', value: '@Maria' },
      ),
    ).toEqual([
      ['bsuid', 'i1', 'BR.Ab1'],
      ['lid', 'i1', '1234@lid'],
      ['phone', '', '551199998888'],
      ['username', 'i1', 'maria'],
    ]);
  });

  test.each([
    '551199998888@s.whatsapp.net',
    '551199998888@c.us',
    '551199998888_1:12@s.whatsapp.net',
    '551199998888:3@hosted',
    '551199998888@C.US',
  ])('the jid %s of a user gives one jid and its phone', (value) => {
    expect(aliasKeys('i1', [jid(value)])).toEqual([
      { kind: 'jid', scope: 'i1', key: '551199998888@s.whatsapp.net', value },
      { kind: 'phone', scope: '', key: '551199998888', value: '551199998888' },
    ]);
  });

  test('two jids of one number, with and without the ninth digit, meet in the phone', () => {
    expect(keysOf(jid('551199998888@c.us'), jid('5511999998888@c.us'))).toEqual([
      ['jid', 'i1', '551199998888@s.whatsapp.net'],
      ['jid', 'i1', '5511999998888@s.whatsapp.net'],
      ['phone', '', '551199998888'],
    ]);
  });

  test.each([
    lid('5511999998888@lid'),
    lid('5511999998888'),
    jid('5511999998888:7@lid'),
    lid('5511999998888@hosted.lid'),
  ])('a lid is never read as a phone: $value', (alias) => {
    expect(keysOf(alias)).toEqual([['lid', 'i1', '5511999998888@lid']]);
  });

  test('a group is known by its jid and has no phone', () => {
    expect(keysOf(jid('5511999998888-1600000000@g.us'), jid('120363000000000000@g.us'))).toEqual([
      ['jid', 'i1', '120363000000000000@g.us'],
      ['jid', 'i1', '5511999998888-1600000000@g.us'],
    ]);
  });

  test('a phone of no numbering plan is known by its digits, when they are 8 to 15', () => {
    expect(keysOf(phone('999 999 9999 9999'))).toEqual([['phone', '', '99999999999999']]);
    expect(keysOf(phone('1234567'), phone('1234567890123456'), phone('Maria'), phone('1234@lid'))).toEqual([]);
  });

  test.each([
    '',
    ' ',
    '@s.whatsapp.net',
    'status@broadcast',
    '1@newsletter',
    'abc@lid',
    '1-2@c.us',
    `${'1'.repeat(300)}@c.us`,
  ])('nothing is made of the jid "%s"', (value) => {
    expect(keysOf(jid(value))).toEqual([]);
  });

  test('the phone as it was named is what is kept, not the one read out of the jid', () => {
    const values = aliasKeys('i1', [jid('551199998888@c.us'), phone('+5511999998888')]).map(({ value }) => value);
    expect(values).toEqual(['551199998888@c.us', '+5511999998888']);
  });

  const alias = fc.record({
    kind: fc.constantFrom<Alias['kind']>('phone', 'jid', 'lid', 'bsuid', 'username'),
    value: fc.oneof(
      fc.string(),
      fc
        .tuple(
          fc.constantFrom('+', '', '00'),
          fc.constantFrom('5511999998888', '551199998888', '525512345678', '5215512345678', '1234'),
          fc.constantFrom('', '@c.us', '@s.whatsapp.net', ':1@s.whatsapp.net', '@lid', '@g.us'),
        )
        .map((parts) => parts.join('')),
    ),
  });

  test('the order of the names and their repetition never matter', () => {
    const shuffled = fc
      .array(alias, { maxLength: 8 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        expect(aliasKeys('i1', [...other, ...all])).toEqual(aliasKeys('i1', all));
        expect(pickPhone(other)).toBe(pickPhone(all));
      }),
    );
  });
});

describe('pickPhone', () => {
  test('shows the number in E.164, from the phone or from the jid', () => {
    expect(pickPhone([lid('1@lid'), phone('55 11 9999-8888')])).toBe('+5511999998888');
    expect(pickPhone([jid('551199998888@s.whatsapp.net')])).toBe('+5511999998888');
  });

  test('is null for who is known by a lid alone', () => {
    expect(pickPhone([lid('5511999998888@lid'), { kind: 'username', value: 'maria' }])).toBeNull();
  });
});
