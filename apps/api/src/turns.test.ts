import { expect, test } from 'vitest';
import { createTurns, mapInTurns } from './turns.js';

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

test('however many are at work, each round of the event loop gives one of them a turn', async () => {
  const taken: number[] = [];
  let round = 0;
  let isOn = true;
  setImmediate(function next() {
    round += 1;
    if (isOn) setImmediate(next);
  });
  async function work(): Promise<void> {
    const turns = createTurns();
    for (let n = 0; n < 3; n++) {
      await turns.rest();
      taken.push(round);
    }
  }
  await Promise.all([work(), work(), work()]);
  isOn = false;
  expect(new Set(taken).size).toBe(9);
});
