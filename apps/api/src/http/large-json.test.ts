// A large body is read piece by piece, and nothing but the time it takes tells the difference.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecadoError } from '../errors.js';
import { parseLargeJson } from './large-json.js';
import { parseJson } from './parse-json.js';

const MB = 1_048_576;

/** What a reader makes of a text: the value, written so that no key gets lost, or the code it is refused with. */
function outcome(read: () => unknown): string {
  try {
    return JSON.stringify(read());
  } catch (error) {
    return error instanceof RecadoError ? error.code : String(error);
  }
}
async function inPieces(text: string | Buffer, pieceBytes: number): Promise<string> {
  try {
    return JSON.stringify((await parseLargeJson(Buffer.from(text), { pieceBytes })).value);
  } catch (error) {
    return error instanceof RecadoError ? error.code : String(error);
  }
}

const SPECIMENS = [
  '{"a":{"__proto__":{"polluted":[1,2,3,4]},"b":[1,2,3]},"c":1}',
  '{"a":{"\\u005f_proto__":{"polluted":[1,2,3,4]},"b":[1,2,3]},"c":1}',
  '{"constructor":{"prototype":{"polluted":[1,2,3]}},"d":1}',
  '{"constructor":{"name":"kept, it is no prototype"},"d":1}',
  '{"a":1,"a":{"long":"enough to be large"},"a":2,"b":[]}',
  '{"toString":{"long":"enough to be large"},"2":1,"1":{"also":"long enough"}}',
  '[[[1,2,3,4,5],[6,7,8,9,0]],{"k":[1,2,3,4,5,6]},"a,b]}\\"[{",null]',
  `[${' '.repeat(80)}]`,
  `{"a":${' '.repeat(80)}[1,${'\n'.repeat(80)}{"b":2}]}`,
  '\uFEFF [1, 2, 3, {"a" : [1,2,3,4,5,6]} ] \n',
];

describe('parseLargeJson', () => {
  test('any value is read as the parser of small bodies reads it, whatever the size of a piece', async () => {
    const keys = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'prototype', '0', '1', 'toString'));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.jsonValue(),
        fc.string({ unit: 'binary' }),
        fc.array(tie('value'), { maxLength: 6 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 6 }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(value, fc.nat(40), fc.nat(2), async (any, pieceBytes, indent) => {
        const text = JSON.stringify(any, null, indent);
        expect(await inPieces(text, pieceBytes)).toBe(outcome(() => parseJson(Buffer.from(text))));
      }),
      { numRuns: 1_000 },
    );
  });

  test.each(SPECIMENS)('%s is read alike', async (text) => {
    const expected = outcome(() => parseJson(Buffer.from(text)));
    for (let pieceBytes = 0; pieceBytes < text.length; pieceBytes++) {
      expect(await inPieces(text, pieceBytes)).toBe(expected);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('a text with a byte dropped, doubled or changed is refused or read alike', async () => {
    const edits = fc.constantFrom('[', ']', '{', '}', ',', ':', '"', '\\', '1', ' ', 'x', '\0', '');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SPECIMENS),
        fc.nat(80),
        fc.nat(1),
        edits,
        fc.nat(20),
        async (text, at, dropped, edit, pieceBytes) => {
          const broken = text.slice(0, at) + edit + text.slice(at + dropped);
          expect(await inPieces(broken, pieceBytes)).toBe(outcome(() => parseJson(Buffer.from(broken))));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test('what is larger than a piece is named, so that it can be walked in turns', async () => {
    const text = JSON.stringify({ list: Array.from({ length: 20_000 }, (_, n) => n), small: [1, 2] });
    const { value, large } = await parseLargeJson(Buffer.from(text));
    const { list, small } = value as { list: number[]; small: number[] };
    expect([large.has(value as object), large.has(list), large.has(small)]).toEqual([true, true, false]);
    expect(list).toHaveLength(20_000);
  });
});

describe('what no delivery has', () => {
  function body(count: number, member: (n: number) => string): Buffer {
    return Buffer.from(`{${Array.from({ length: count }, (_, n) => member(n)).join(',')}}`);
  }
  const refusal = (bytes: Buffer) => parseLargeJson(bytes).then(String, (error: RecadoError) => error.code);

  test('more than 20,000 different keys are refused as BODY_TOO_VARIED, the same keys again are not', async () => {
    expect(await refusal(body(30_000, (n) => `"key ${n}":1`))).toBe('BODY_TOO_VARIED');
    expect(await refusal(body(18_000, (n) => `"key ${n}":1`))).toBe('[object Object]');
    expect(await refusal(body(100_000, (n) => `"key ${n % 5_000}":1`))).toBe('[object Object]');
  });

  test('bytes by their index are no names: a thumbnail of 100,000 is read, an object of 140,000 refused', async () => {
    expect(await refusal(body(100_000, (n) => `"${n}":255`))).toBe('[object Object]');
    expect(await refusal(body(140_000, (n) => `"${n}":255`))).toBe('BODY_TOO_VARIED');
  });

  test('more than 600,000 values are refused above 4 MB, and taken below', async () => {
    const list = (count: number, value: string) => Buffer.from(`[${`${value},`.repeat(count)}0]`);
    expect(await refusal(list(700_000, '1234567'))).toBe('BODY_TOO_VARIED');
    expect(await refusal(list(500_000, '123456789'))).not.toBe('BODY_TOO_VARIED');
    expect(await refusal(list(700_000, '1'))).not.toBe('BODY_TOO_VARIED');
  });

  test('a text of 5 MB is refused unless it is plain: base64 passes', async () => {
    expect(await refusal(Buffer.from(`["${'ã'.repeat(2.5 * MB)}"]`))).toBe('BODY_TOO_LARGE');
    expect(await refusal(Buffer.from(`["${'QUJD'.repeat(1.3 * MB)}"]`))).toBe('[object Object]');
  });

  test.each([
    ['nesting', '['.repeat(10_000_000), 'BODY_TOO_DEEP'],
    ['hardly anything but brackets', `[${'{},'.repeat(1_000_000)}{}]`, 'BODY_TOO_DEEP'],
    ['brackets that never close', `${'['.repeat(60)}${'1,'.repeat(100_000)}`, 'BODY_INVALID'],
    ['brackets that do not match', `[[${'1,'.repeat(100_000)}1},2]`, 'BODY_INVALID'],
    ['two values', `[${'1,'.repeat(100_000)}1] [${'1,'.repeat(100_000)}1]`, 'BODY_INVALID'],
    ['a comma too many', `[${'1,'.repeat(100_000)}]`, 'BODY_INVALID'],
  ])('%s is refused', async (_, text, code) => {
    expect(await refusal(Buffer.from(text))).toBe(code);
  });
});
