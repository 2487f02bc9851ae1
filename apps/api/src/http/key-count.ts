// How many different keys a body has, about: parsing and listing them costs far more than the same keys again and again.
import { randomInt } from 'node:crypto';
import { RecadoError } from '../errors.js';

/** Every kind of message there is has fewer than a thousand; contacts and reactions keyed by their address come on top. */
export const MOST_KEYS = 20_000;

const BITS = 18;
// Odd and unknown outside of the process: nobody can choose keys that count as one.
const MULTIPLIER = randomInt(2 ** 31) * 2 + 1;

/** Counts by a bitmap of hashes: a few per cent too few near the limit, never too many. Numbers as keys (bytes by their index) are no names. */
export class KeyCount {
  readonly #seen = new Uint8Array(2 ** BITS);
  #count = 0;

  /** Counts the key between the two places. Throws BODY_TOO_VARIED beyond the limit. */
  add(bytes: Uint8Array, start: number, end: number): void {
    let hash = end - start;
    let isNumber = true;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte < 0x30 || byte > 0x39) isNumber = false;
      hash = Math.imul(hash ^ byte, MULTIPLIER) ^ (hash >>> 15);
    }
    if (isNumber) return;
    const place = Math.imul(hash, MULTIPLIER) >>> (32 - BITS);
    if (this.#seen[place] === 1) return;
    this.#seen[place] = 1;
    this.#count += 1;
    if (this.#count > MOST_KEYS) throw new RecadoError('BODY_TOO_VARIED');
  }
}
