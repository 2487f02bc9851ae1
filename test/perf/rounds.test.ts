import { expect, test } from 'vitest';
import { ordered } from './rounds.js';

test('whoever comes first in one round comes last in the next', () => {
  expect([1, 2, 3].map((round) => ordered(['naive', 'recado'], round)[0])).toEqual(['naive', 'recado', 'naive']);
});
