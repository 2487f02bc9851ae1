import { expect, test } from 'vitest';
import { Sequence } from './sequence.js';

const frames = (...numbers: number[]) => numbers.map((seq) => `42["ticket.message",{"epoch":"e","seq":${seq},"x":1}]`);

test('events in order, burst after burst, are all right wherever they begin', () => {
  const sequence = new Sequence();
  expect(sequence.check(frames(7, 8, 9), 3)).toBe(0);
  expect(sequence.check(frames(10), 1)).toBe(0);
});

test('a missing, a doubled and a swapped event are counted', () => {
  const after = (first: number[], burst: number[]) => {
    const sequence = new Sequence();
    sequence.check(frames(...first), first.length);
    return sequence.check(frames(...burst), 3);
  };
  expect(after([1], [2, 3])).toBe(1);
  expect(after([1], [2, 2, 3])).toBe(1);
  expect(after([1], [3, 2, 4])).toBeGreaterThan(0);
  expect(after([1], [3, 4, 5])).toBe(1);
});

test('a frame without a number is wrong', () => {
  expect(new Sequence().check(['42["pong"]'], 1)).toBe(1);
});
