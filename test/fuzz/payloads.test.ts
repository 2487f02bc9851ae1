// Ten thousand spoiled payloads through guards, adapter and normalisers; a million by `npm run fuzz`.
import { expect, test } from 'vitest';
import { runCampaign } from './support/campaign.js';
import { minimise } from './support/minimise.js';
import { mutant } from './support/mutator.js';
import { createRandom } from './support/random.js';

test('10,000 spoiled payloads: nothing throws, every item has a verdict, events fit their schema', () => {
  const { items, refused, worstMs } = runCampaign({ seed: 1, from: 0, count: 10_000 });
  expect(items).toBeGreaterThan(7_000);
  expect(refused).toBeGreaterThan(500);
  expect(refused).toBeLessThan(5_000);
  expect(worstMs).toBeLessThan(500);
});

test('a payload is made again from its seed and index alone, and another seed makes others', () => {
  const make = (seed: number, index: number) => String(mutant(createRandom(seed, index)));
  expect(make(7, 123)).toBe(make(7, 123));
  expect(new Set([make(7, 123), make(7, 124), make(8, 123)]).size).toBe(3);
});

test('what breaks a rule is shortened to what breaks it', () => {
  const bytes = Buffer.from(`{"a":[1,2,3],"b":"${'x'.repeat(500)}\\u0000","c":{}}`);
  expect(String(minimise(bytes, (shorter) => shorter.includes('\\u0000')))).toBe('\\u0000');
});
