// The small rules of a socket: cursors, origins, rates, budgets, far deadlines, close codes.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ByteBudget } from './byte-budget.js';
import { CLOSE_CODES, closingFrame, isCloseCode } from './close-codes.js';
import { atTime } from './deadline.js';
import { createFrameRate } from './frame-rate.js';
import { isOriginAllowed } from './origin.js';
import { resumeAfter } from './since.js';

describe('a cursor', () => {
  const position = { epoch: 'e1', floor: 5, head: 10 };
  test.each([
    ['e1:5', 5],
    ['e1:7', 7],
    ['e1:10', 10],
    ['e1:4', null],
    ['e1:11', null],
    ['e2:7', null],
    ['e1:07', null],
    ['e1:-7', null],
    ['e1:7.0', null],
    ['e1:7 ', null],
    ['e1', null],
    [':7', null],
    ['', null],
    [7, null],
    [{ epoch: 'e1', seq: 7 }, null],
    [['e1:7'], null],
    ['e1:99999999999999999999', null],
  ])('%j is continued after %j', (since, after) => {
    expect(resumeAfter(since, position)).toBe(after);
  });
});

describe('an origin', () => {
  test.each([
    [undefined, null, true],
    ['http://inbox.example:4545', null, true],
    ['https://inbox.example', null, false],
    ['http://evil.example', null, false],
    ['http://localhost:5173', null, true],
    ['http://127.0.0.1', null, true],
    ['http://[::1]:3000', null, true],
    ['http://localhost.evil.example', null, false],
    ['http://127.0.0.1.evil.example', null, false],
    ['null', null, false],
    ['nonsense', null, false],
    ['https://a.example', ['https://a.example'], true],
    ['https://b.example', ['https://a.example'], false],
    ['http://localhost:5173', ['https://a.example'], false],
    [undefined, ['https://a.example'], true],
  ])('%j with the list %j: %j', (origin, allowed, verdict) => {
    expect(isOriginAllowed(origin, 'inbox.example:4545', allowed)).toBe(verdict);
  });
});

test('frames are taken up to the burst, then at the rate', () => {
  const take = createFrameRate({ perSecond: 50, burst: 100 });
  expect(Array.from({ length: 120 }, () => take(1_000)).filter(Boolean)).toHaveLength(100);
  expect(take(1_010)).toBe(false);
  expect(take(1_030)).toBe(true);
  expect(Array.from({ length: 200 }, () => take(60_000)).filter(Boolean)).toHaveLength(100);
});

test('every close has a sentence that fits a close frame, and says whether to come back', () => {
  for (const [code, { reason }] of Object.entries(CLOSE_CODES)) {
    expect(isCloseCode(Number(code))).toBe(true);
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
  }
  expect(isCloseCode(4999)).toBe(false);
  expect(closingFrame(4410)).toEqual({ event: 'closing', json: JSON.stringify({ code: 4410, ...CLOSE_CODES[4410] }) });
});

describe('with a clock', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('a deadline in a year is reached in a year, and can be cancelled', () => {
    const year = 365 * 24 * 3600 * 1000;
    const [reached, cancelled] = [vi.fn(), vi.fn()];
    atTime(Date.now() + year, reached);
    atTime(Date.now() + year, cancelled)();
    vi.advanceTimersByTime(year - 1);
    expect(reached).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(reached).toHaveBeenCalledOnce();
    expect(cancelled).not.toHaveBeenCalled();
  });

  test('a reader above its budget has the grace to take it, and no more', () => {
    const exceeded = vi.fn();
    let waiting = 150;
    const budget = new ByteBudget({ bytes: 100, graceMs: 1_000, unsent: () => waiting, exceeded });
    budget.check();
    waiting = 50;
    vi.advanceTimersByTime(1_000);
    expect(exceeded).not.toHaveBeenCalled();
    waiting = 150;
    budget.check();
    vi.advanceTimersByTime(999);
    budget.check();
    expect(exceeded).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(exceeded).toHaveBeenCalledOnce();
  });

  test('four times the budget is too much at once', () => {
    const exceeded = vi.fn();
    const budget = new ByteBudget({ bytes: 100, graceMs: 1_000, unsent: () => 401, exceeded });
    budget.check();
    expect(exceeded).toHaveBeenCalledOnce();
  });
});
