// Nesting is counted on the bytes, as JSON would nest.
import { assert, jsonValue, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assertDepth } from './json-depth.js';

const bytes = (text: string) => Buffer.from(text);

describe('assertDepth', () => {
  test('64 levels pass, 65 are refused', () => {
    expect(() => assertDepth(bytes('['.repeat(64) + ']'.repeat(64)))).not.toThrow();
    expect(() => assertDepth(bytes('['.repeat(65) + ']'.repeat(65)))).toThrow(/nested too deeply/);
    expect(() => assertDepth(bytes('{"a":'.repeat(65)))).toThrow(/nested too deeply/);
  });

  test('brackets inside of strings do not count, escaped quotes do not end a string', () => {
    expect(() => assertDepth(bytes(JSON.stringify({ a: '['.repeat(1000), ['{'.repeat(99)]: 1 })))).not.toThrow();
    expect(() => assertDepth(bytes(String.raw`{"a":"\"[[[[","b":"\\"}`), 1)).not.toThrow();
    expect(() => assertDepth(bytes(String.raw`["\\",[1]]`), 1)).toThrow(/nested too deeply/);
  });

  test('siblings do not add up', () => {
    expect(() => assertDepth(bytes(`[${'[1],'.repeat(500)}1]`), 2)).not.toThrow();
  });

  test('any JSON is judged by its true depth', () => {
    const depthOf = (value: unknown): number =>
      value !== null && typeof value === 'object' ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    assert(
      property(jsonValue({ maxDepth: 6 }), (value) => {
        const depth = depthOf(value);
        const text = bytes(JSON.stringify(value));
        expect(() => assertDepth(text, depth)).not.toThrow();
        if (depth > 0) expect(() => assertDepth(text, depth - 1)).toThrow();
      }),
      { numRuns: 200 },
    );
  });

  test('megabytes of brackets are refused at once', () => {
    const started = performance.now();
    expect(() => assertDepth(Buffer.alloc(10_000_000, '['))).toThrow();
    expect(performance.now() - started).toBeLessThan(50);
  });
});

test('a large body of nothing but empty objects is refused before it is parsed', () => {
  expect(() => assertDepth(Buffer.from(`[${'{},'.repeat(50_000)}{}]`))).toThrow('nested');
  const item = JSON.stringify({ key: { id: '1', remoteJid: '5511960000001@s.whatsapp.net' }, message: { a: 'b' } });
  expect(() => assertDepth(Buffer.from(`[${`${item},`.repeat(50_000)}{}]`))).not.toThrow();
});
