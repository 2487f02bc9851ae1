import { expect, test } from 'vitest';
import { against, failsGate, verdictOf } from './targets.js';

test('a value stands at its target, between target and gate, or below the gate', () => {
  expect(verdictOf(against('ingest-50', 5, ''))).toBe('pass');
  expect(verdictOf(against('ingest-50', 4, ''))).toBe('below target');
  expect(verdictOf(against('ingest-50', 3.99, ''))).toBe('below gate');
  expect([5, 4, 3.99].map((value) => failsGate(against('ingest-50', value, '')))).toEqual([false, false, true]);
});

test('where less is better the target is a ceiling', () => {
  expect(verdictOf(against('screen-500', 10, ''))).toBe('pass');
  expect(verdictOf(against('screen-500', 15, ''))).toBe('below target');
  expect(verdictOf(against('screen-500', 15.1, ''))).toBe('below gate');
});

test('what could not be measured passes no target and fails its gate', () => {
  expect(verdictOf(against('cpu-app', NaN, ''))).toBe('not measured');
  expect(failsGate(against('cpu-app', NaN, ''))).toBe(true);
  expect(failsGate({ ...against('cpu-app', NaN, ''), target: null })).toBe(false);
});

test('a target without a gate never fails the bench', () => {
  expect(verdictOf(against('embedded-reopen', 60, ''))).toBe('below target');
  expect(failsGate(against('embedded-reopen', NaN, ''))).toBe(false);
});
