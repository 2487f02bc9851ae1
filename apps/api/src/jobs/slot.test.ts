import { expect, test } from 'vitest';
import { slotOf } from './slot.js';

test.each([
  [10, '2024-05-02T13:09:59.999Z', '2024-05-02T13:00:00.000Z'],
  [10, '2024-05-02T13:10:00.000Z', '2024-05-02T13:10:00.000Z'],
  [60, '2024-05-02T13:59:00.000Z', '2024-05-02T13:00:00.000Z'],
  [1440, '2024-05-02T23:59:00.000Z', '2024-05-02T00:00:00.000Z'],
])('a slot of %i minutes at %s began at %s', (minutes, now, slot) => {
  expect(slotOf(minutes, new Date(now)).toISOString()).toBe(slot);
});
