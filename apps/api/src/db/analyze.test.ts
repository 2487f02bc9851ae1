import { expect, test } from 'vitest';
import { nextThreshold } from './analyze.js';

test('ANALYZE is due at 1,000 events and at each tenfold growth', () => {
  expect(nextThreshold(0)).toBe(1_000);
  expect(nextThreshold(99)).toBe(1_000);
  expect(nextThreshold(1_040)).toBe(10_400);
  expect(nextThreshold(2_000_000)).toBe(20_000_000);
});
