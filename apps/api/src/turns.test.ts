import { expect, test } from 'vitest';
import { mapInTurns } from './turns.js';

test('results come in the order of the items, with their places', async () => {
  expect(await mapInTurns(['a', 'b'], (item, index) => `${item}${index}`)).toEqual(['a0', 'b1']);
});

test('others get their turn while much is mapped', async () => {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  await mapInTurns(Array.from({ length: 20 }), () => {
    for (const until = performance.now() + 3; performance.now() < until;);
  });
  clearInterval(timer);
  expect(turns).toBeGreaterThan(2);
});

test('what the mapping throws is thrown, and nothing more is asked for', async () => {
  let asked = 0;
  function* endless() {
    for (;;) yield (asked += 1);
  }
  const mapped = mapInTurns(endless(), (n) => {
    if (n === 3) throw new Error('enough');
  });
  await expect(mapped).rejects.toThrow('enough');
  expect(asked).toBe(3);
});
