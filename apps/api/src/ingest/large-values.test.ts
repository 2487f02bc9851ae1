// Large values are redacted and written in turns, to the same result as at once.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesInTurns, redactInTurns } from './large-values.js';
import { redact } from './scrub.js';

/** Every list and object down to `levels` counts as large. */
function largeOf(value: unknown, levels: number, large = new WeakSet<object>()): WeakSet<object> {
  if (typeof value !== 'object' || value === null || levels === 0) return large;
  large.add(value);
  for (const child of Object.values(value)) largeOf(child, levels - 1, large);
  return large;
}

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.jsonValue(),
    fc.array(tie('value'), { maxLength: 30 }),
    fc.dictionary(fc.constantFrom('token', 'mediaKey', 'a', '__proto__', 'constructor', '7'), tie('value')),
  ),
}));

test('redacting and writing in turns gives the bytes that doing it at once gives', async () => {
  await fc.assert(
    fc.asyncProperty(value, fc.nat(4), async (any, levels) => {
      const large = largeOf(any, levels);
      const redacted = await redactInTurns(any, large);
      expect(String(await bytesInTurns(redacted, large))).toBe(JSON.stringify(redact(any)));
    }),
    { numRuns: process.env['FUZZ_ALL'] === '1' ? 1_000 : 200 },
  );
});

test('a long list of everything is written whole', async () => {
  const list = Array.from({ length: 5_000 }, (_, n) => [n, String(n), null, { n }, [[n]]][n % 5]);
  expect(String(await bytesInTurns(list, largeOf(list, 1)))).toBe(JSON.stringify(list));
});

test('what was copied is as large as what it was copied from', async () => {
  const body = { list: [1, 2], token: [3] };
  const large = largeOf(body, 2);
  const copy = (await redactInTurns(body, large)) as typeof body;
  expect(large.has(copy) && large.has(copy.list)).toBe(true);
  expect(copy).toEqual({ list: [1, 2], token: null });
});
