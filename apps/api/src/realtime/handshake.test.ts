import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readHandshake } from './handshake.js';

describe('a handshake', () => {
  test('prefers auth.token, then ?token=, then the Authorization header', () => {
    const all = { auth: { token: 'a' }, query: { token: 'q' }, headers: { authorization: 'Bearer h' } };
    expect(readHandshake(all).token).toBe('a');
    expect(readHandshake({ ...all, auth: {} }).token).toBe('q');
    expect(readHandshake({ ...all, auth: { token: 7 }, query: { token: ['x', 'y'] } }).token).toBe('h');
    expect(readHandshake({ auth: {}, query: {}, headers: { authorization: 'Basic h' } }).token).toBe('');
  });

  test.each([undefined, null, ''])('a cursor of %j is none', (since) => {
    expect(readHandshake({ auth: { since }, query: {}, headers: {} }).since).toBeUndefined();
  });

  test('a cursor may come as ?since= too, and a malformed one is kept to be judged', () => {
    expect(readHandshake({ auth: {}, query: { since: 'e:1' }, headers: {} }).since).toBe('e:1');
    expect(readHandshake({ auth: { since: 7 }, query: {}, headers: {} }).since).toBe(7);
  });

  test('nothing a client can send makes it throw', () => {
    const part = fc.anything();
    fc.assert(
      fc.property(part, part, part, (auth, query, headers) => {
        expect(typeof readHandshake({ auth, query, headers }).token).toBe('string');
      }),
    );
  });
});
