import { expect, test } from 'vitest';
import { median, medianRatio, percentile } from './statistics.js';

test('the median of rounds is the middle one, whatever their order', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test('a percentile is a value that was measured', () => {
  const values = Array.from({ length: 100 }, (_, n) => 100 - n);
  expect(percentile(values, 0.5)).toBe(51);
  expect(percentile(values, 0.99)).toBe(100);
  expect(percentile([7], 0.99)).toBe(7);
});

test('a ratio is the median of the ratios of the rounds, not the ratio of the medians', () => {
  expect(medianRatio([1, 4, 9], [2, 1, 3])).toBe(3);
  expect(medianRatio([1, 2], [1])).toBeNaN();
});
