// The numbering rules of brokers.md 1.11, and that formatting never decides who somebody is.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalisePhone } from './phone.js';

describe('normalisePhone', () => {
  test.each([
    ['a Brazilian mobile', '5511999998888', '+5511999998888', '551199998888'],
    ['the same from before the ninth digit', '551199998888', '+5511999998888', '551199998888'],
    ['a mobile whose local part never had eight digits', '5511912345678', '+5511912345678', '5511912345678'],
    ['a landline, which gains no ninth digit', '554132345678', '+554132345678', '554132345678'],
    ['the false friend of that landline', '5541932345678', '+5541932345678', '5541932345678'],
    ['a Mexican number in the legacy form', '5215512345678', '+525512345678', '525512345678'],
    ['the same as it is dialled', '525512345678', '+525512345678', '525512345678'],
    ['an Argentinian mobile', '5491123456789', '+5491123456789', '541123456789'],
    ['the same without the nine, a fixed line to the metadata', '541123456789', '+541123456789', '541123456789'],
    ['a British number with its trunk zero', '+44 (0)20 7946 0958', '+442079460958', '442079460958'],
    ['a Brazilian number with its trunk zero', '+55 (011) 99999-8888', '+5511999998888', '551199998888'],
    ['the international prefix', '00 55 11 99999 8888', '+5511999998888', '551199998888'],
    ['full-width digits and direction marks', '\u202a+５５ 11 99999\u20118888\u202c', '+5511999998888', '551199998888'],
    ['a tel: address', 'tel:+55-11-99999-8888', '+5511999998888', '551199998888'],
    ['a whatsapp: address', 'whatsapp:+14155238886', '+14155238886', '14155238886'],
    ['the jid of a user', '551199998888@s.whatsapp.net', '+5511999998888', '551199998888'],
    ['the jid of a device', '5511999998888_1:12@c.us', '+5511999998888', '551199998888'],
    ['a possible number that is not assigned', '+1 555 000 1234', '+15550001234', '15550001234'],
  ])('reads %s', (_what, raw, e164, matchKey) => {
    expect(normalisePhone(raw)).toEqual({ e164, matchKey });
  });

  test.each([
    ['a lid', '123456789012345@lid'],
    ['a hosted lid', '5511999998888@hosted.lid'],
    ['a group', '120363000000000000@g.us'],
    ['an old group', '5511999998888-1600000000@g.us'],
    ['the official account', '0@c.us'],
    ['a name', 'Maria'],
    ['a vanity number', '1-800-FLOWERS'],
    ['an extension', '+5511999998888;ext=12'],
    ['a service code', '*144#'],
    ['nothing', ''],
    ['a plus alone', '+'],
    ['fifteen digits of no country', '123456789012345'],
    ['a number too short for its country', '5511999'],
    ['an endless string', '5'.repeat(100_000)],
  ])('%s is no telephone number', (_what, raw) => {
    expect(normalisePhone(raw)).toEqual({ e164: null, matchKey: null });
  });

  const international = fc.oneof(
    fc.tuple(
      fc.constantFrom('55', '52', '521', '54', '549', '1', '351', '44'),
      fc.stringMatching(/^[1-9][0-9]{7,10}$/),
    ),
    fc.tuple(fc.constantFrom('5511', '55119', '5541', '55419'), fc.stringMatching(/^[2-9][0-9]{7}$/)),
  );
  const number = international.map(([prefix, rest]) => prefix + rest);

  test('formatting never changes the key', () => {
    const separators = fc.array(fc.constantFrom('', ' ', '-', '.', '(', ') ', '\u00a0', '\u2011', '/'), {
      minLength: 1,
    });
    fc.assert(
      fc.property(number, separators, fc.constantFrom('', '+', '00', 'tel:+', ' + '), (digits, between, before) => {
        const spelled =
          before +
          digits
            .split('')
            .map((digit, i) => digit + between[i % between.length])
            .join('');
        expect(normalisePhone(spelled)).toEqual(normalisePhone(digits));
      }),
    );
  });

  test('a key is its own key, and the number shown leads to the same key', () => {
    fc.assert(
      fc.property(number, (digits) => {
        const { e164, matchKey } = normalisePhone(digits);
        fc.pre(matchKey !== null && e164 !== null);
        expect(normalisePhone(matchKey).matchKey).toBe(matchKey);
        expect(normalisePhone(e164)).toEqual({ e164, matchKey });
      }),
    );
  });

  test('a mobile and a landline never share a key', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[2-5][0-9]{7}$/), (local) => {
        const landline = normalisePhone(`5541${local}`).matchKey;
        expect(normalisePhone(`55419${local}`).matchKey).not.toBe(landline);
      }),
    );
  });

  test('nothing makes it throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (raw) => void normalisePhone(raw)));
  });

  test('the memory is bounded and forgets nothing it needs', () => {
    for (let n = 0; n < 25_000; n += 1) normalisePhone(`x${n}`);
    expect(normalisePhone('5511999998888').matchKey).toBe('551199998888');
  });
});
