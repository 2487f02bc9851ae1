import { expect, test } from 'vitest';
import { serviceArgs, yardstickArgs } from './systems.js';

test('a yardstick is started with the flags of the service', () => {
  const flags = serviceArgs().slice(0, -1);
  expect(flags).not.toEqual([]);
  expect(yardstickArgs('no-op.js').slice(0, -1)).toEqual(flags);
});
