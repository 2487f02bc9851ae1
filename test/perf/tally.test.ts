import { expect, test } from 'vitest';
import { createTally } from './tally.js';

test('the delay of a paced request counts from when it was due, not from when a late loader began it', () => {
  const sent: number[] = [];
  const tally = createTally((_id, at) => sent.push(at));
  const due = performance.now() - 500;
  tally.beginDue('a', due)(202);
  const { answer, lag, acknowledged } = tally.result();
  expect(answer.p50).toBeGreaterThanOrEqual(500);
  expect(lag?.p50).toBeGreaterThanOrEqual(500);
  expect(sent).toEqual([due]);
  expect(acknowledged).toBe(1);
});

test('a closed loop has no lag of its own', () => {
  const tally = createTally();
  tally.begin('a')(202);
  expect(tally.result()).toMatchObject({ acknowledged: 1, lag: null });
});

test('answers other than 2xx are counted by status and acknowledge nothing', () => {
  const tally = createTally();
  for (const status of [503, 503, 199, 300]) tally.begin('a')(status);
  expect(tally.result()).toMatchObject({ acknowledged: 0, refused: { 503: 2, 199: 1, 300: 1 } });
});
