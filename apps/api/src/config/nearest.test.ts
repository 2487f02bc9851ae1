import { expect, test } from 'vitest';
import { nearestName } from './nearest.js';

const NAMES = ['RECADO_DATA_DIR', 'RECADO_DEMO', 'RECADO_EMBEDDED'];

test.each([
  ['RECADO_DATADIR', 'RECADO_DATA_DIR'],
  ['RECADO_DEM', 'RECADO_DEMO'],
  ['RECADO_EMBEDED', 'RECADO_EMBEDDED'],
])('%s was meant to be %s', (wrong, right) => {
  expect(nearestName(wrong, NAMES)).toBe(right);
});

test('a name like none of them has no nearest', () => {
  expect(nearestName('SOMETHING_ELSE_ENTIRELY', NAMES)).toBeNull();
});
