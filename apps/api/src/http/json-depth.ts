// The nesting guard on the bytes of a JSON body: what is too deep is refused before anything parses it.
import { RecadoError } from '../errors.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** A real event spends 50 bytes and more on each of its objects. Parsing a million of `{}` would stop everybody else for a second. */
const BYTES_PER_NEST = 16;
const NESTS_OF_ANY_BODY = 1_000;

/** Levels of lists and objects. */
export const MAX_DEPTH = 64;

/** How many lists and objects a body of the length may have. */
export function mostNests(length: number): number {
  return NESTS_OF_ANY_BODY + length / BYTES_PER_NEST;
}

/** Throws BODY_TOO_DEEP when lists and objects nest deeper than `max`, or are hardly anything else. Brackets inside of strings do not count. */
export function assertDepth(bytes: Uint8Array, max = MAX_DEPTH): void {
  const most = mostNests(bytes.length);
  let nests = 0;
  let depth = 0;
  for (let i = 0; i < bytes.length; i++) {
    switch (bytes[i]) {
      case QUOTE:
        i = endOfString(bytes, i + 1);
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        depth += 1;
        nests += 1;
        if (depth > max || nests > most) throw new RecadoError('BODY_TOO_DEEP');
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      case undefined:
      default:
        break;
    }
  }
}

function endOfString(bytes: Uint8Array, start: number): number {
  let i = start;
  while (i < bytes.length && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1;
  return i;
}
