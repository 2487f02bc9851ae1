import { expect, test } from 'vitest';
import { dueTimes } from './pace.js';

function first(count: number, pace: { rate: number; burst: number; burstEvery: number }): number[] {
  const times = dueTimes(pace);
  return Array.from({ length: count }, () => times.next().value ?? NaN);
}

test('deliveries fall due at the rate', () => {
  expect(first(4, { rate: 200, burst: 50, burstEvery: 0 })).toEqual([0, 5, 10, 15]);
});

test('a burst falls due all at once, between the steady ones', () => {
  expect(first(6, { rate: 2, burst: 3, burstEvery: 0.75 })).toEqual([0, 500, 750, 750, 750, 1_000]);
});
