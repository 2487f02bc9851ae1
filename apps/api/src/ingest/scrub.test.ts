// What a body loses before it is stored: text PostgreSQL refuses, and secrets (DESIGN 4.2).
import { describe, expect, test } from 'vitest';
import { mayHoldSecrets, mayNeedRepair, redact, redactObject, repair } from './scrub.js';

describe('repair', () => {
  test('NUL and lone surrogates are replaced in values and keys; pairs stay', () => {
    const body = { 'k\u0000': ['a\u0000', '\ud83d', '\ude00\ud83d', '😀'], nested: { n: 1, t: true, z: null } };
    expect(repair(body)).toEqual({
      'k\ufffd': ['a\ufffd', '\ufffd', '\ufffd\ufffd', '😀'],
      nested: { n: 1, t: true, z: null },
    });
  });

  test.each(['\u0000', '\ud83d', 'x\udfff', '\uDBFF\u0000'])('a body with %j is walked', (text) => {
    expect(mayNeedRepair(JSON.stringify({ text }))).toBe(true);
  });

  test.each(['{"text":"plain"}', '{"text":"\\u00e1"}', JSON.stringify({ text: '😀 ã' })])('%s is not', (text) => {
    expect(mayNeedRepair(text)).toBe(false);
  });

  test('what JSON.parse made of __proto__ stays an own key', () => {
    const repaired = repair(JSON.parse('{"__proto__":{"polluted":1}}')) as object;
    expect(Object.keys(repaired)).toEqual(['__proto__']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('redact', () => {
  test.each([
    'apikey',
    'ApiKey',
    'api_key',
    'token',
    'jwt_key',
    'mediaKey',
    'fileSha256',
    'fileEncSha256',
    'messageSecret',
    'jpegThumbnail',
    'directPath',
  ])('the value of %s goes, at every depth, whatever it is', (key) => {
    const body = { [key]: 'secret', list: [{ deep: { [key]: { 0: 1, 1: 2 } } }], kept: 'tokens and apikeys' };
    expect(mayHoldSecrets(JSON.stringify(body, null, 2))).toBe(true);
    expect(redact(body)).toEqual({ [key]: null, list: [{ deep: { [key]: null } }], kept: 'tokens and apikeys' });
    expect(redactObject({ [key]: 1, kept: 1 })).toEqual({ [key]: null, kept: 1 });
  });

  test('a body that only speaks of tokens is kept as it came', () => {
    expect(mayHoldSecrets(JSON.stringify({ text: 'my "token": x', tokens: 1, apikeys: 2 }))).toBe(false);
  });

  test('a key spelled with escapes is found', () => {
    expect(mayHoldSecrets('{"to\\u006ben":"secret"}')).toBe(true);
  });

  test('the original is left alone', () => {
    const body = { token: 'x' };
    redact(body);
    expect(body).toEqual({ token: 'x' });
  });
});
