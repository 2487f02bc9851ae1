// Bytes in the four vintages.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64Of } from './base64.js';

test('all four JSON vintages of the same bytes give the same base64', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64');
      const vintages = [
        text,
        text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
        JSON.parse(JSON.stringify(Buffer.from(bytes))),
        JSON.parse(JSON.stringify(bytes)),
        { type: 'Buffer', data: text },
        [...bytes],
      ];
      for (const vintage of vintages) {
        expect(base64Of(vintage, 100)).toBe(text);
        expect(base64Of(vintage, bytes.length - 1)).toBeNull();
      }
    }),
  );
});

test.each([['not base64!'], [''], [{}], [[]], [[1, 300]], [{ '0': 'x' }], [{ type: 'Buffer' }], [null], [7]])(
  '%j is no bytes',
  (value) => expect(base64Of(value, 100)).toBeNull(),
);

test('an index map is read no further than the limit', () => {
  let reads = 0;
  const map = new Proxy(
    {},
    { get: (_, key) => (typeof key === 'string' && /^\d+$/.test(key) ? (reads++, 1) : undefined) },
  );
  expect(base64Of(map, 10)).toBeNull();
  expect(reads).toBeLessThan(20);
});
