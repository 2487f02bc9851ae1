import { expect, test } from 'vitest';
import { startProgress } from './progress.js';
import type { Sent } from './sender.js';

const SENT: Sent = { n: 0, outcome: 'acked', status: 202, counts: null, attempts: 1, ms: 12 };

function show(isTTY: boolean): string {
  let text = '';
  const screen = { isTTY, columns: 200, write: (part: string) => (text += part) };
  const progress = startProgress({ screen, total: 4, heard: () => 7 });
  progress.note(SENT);
  progress.note({ ...SENT, outcome: 'unknown', attempts: 3, ms: 30 });
  progress.stop();
  progress.stop();
  return text;
}

test('progress counts outcomes, retries, times and socket events, and ends once', () => {
  expect(show(false)).toMatch(
    /^2\/4 sent · 1 acked · 1 unknown · 2 retries · \d+\/s · p50 12 ms, p99 30 ms · 7 socket events\n$/,
  );
});

test('a terminal has one line that renews itself', () => {
  const [line, end] = show(true).split('\n');
  expect(line?.startsWith('\r\u001b[K2/4 sent')).toBe(true);
  expect(end).toBe('');
});
