// What is sealed opens with its key at its place, and nowhere else.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { seal, unseal } from './encryption.js';

const key = randomBytes(32);

test('a sealed value opens again and does not show its content', () => {
  const sealed = seal(key, { apiKey: 'canary' }, 'here');
  expect(sealed.toString('latin1')).not.toContain('canary');
  expect(unseal(key, sealed, 'here')).toEqual({ apiKey: 'canary' });
  expect(seal(key, { apiKey: 'canary' }, 'here').equals(sealed)).toBe(false);
});

test('another key, another place, a changed or missing byte do not open', () => {
  const sealed = seal(key, ['a'], 'here');
  expect(() => unseal(randomBytes(32), sealed, 'here')).toThrow();
  expect(() => unseal(key, sealed, 'there')).toThrow();
  for (const index of [0, 5, 20, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(() => unseal(key, changed, 'here')).toThrow();
  }
  expect(() => unseal(key, sealed.subarray(0, 20), 'here')).toThrow();
});
