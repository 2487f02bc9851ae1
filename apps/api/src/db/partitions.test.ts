import { describe, expect, test } from 'vitest';
import { daysAround, partitionName } from './partitions.js';

describe('daysAround', () => {
  test('goes from yesterday to a week ahead, in UTC, over the end of a month', () => {
    const days = daysAround(new Date('2024-02-28T23:59:59.999Z'), 7);
    expect(days).toEqual([
      '2024-02-27',
      '2024-02-28',
      '2024-02-29',
      '2024-03-01',
      '2024-03-02',
      '2024-03-03',
      '2024-03-04',
      '2024-03-05',
      '2024-03-06',
    ]);
  });
});

test('a partition is named after its table and its day', () => {
  expect(partitionName('deliveries', '2024-05-02')).toBe('deliveries_20240502');
  expect(partitionName('inbox_events', '2024-12-31')).toBe('inbox_events_20241231');
});
