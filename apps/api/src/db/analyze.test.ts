import { expect, test } from 'vitest';
import { nextThreshold } from './analyze.js';

test('ANALYZE is due at 100 events and at each tenfold growth', () => {
  expect(nextThreshold(0)).toBe(100);
  expect(nextThreshold(9)).toBe(100);
  expect(nextThreshold(1_040)).toBe(10_400);
  expect(nextThreshold(2_000_000)).toBe(20_000_000);
});
