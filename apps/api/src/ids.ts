// Ids: UUIDv7, in order within this process. Randomness is drawn in blocks and the text is written as bytes: a batch makes hundreds.
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const BYTES = 16;
const block = Buffer.alloc(256 * BYTES);
const made = new Uint8Array(BYTES);
const text = Buffer.from('00000000-0000-0000-0000-000000000000');
const DIGITS = Buffer.from('0123456789abcdef');
let used = block.length;
let lastMs = 0;
let seq = 0;

/** A new id. Ids made later sort later: `seq` counts within one millisecond. */
export function newId(): string {
  const random = nextRandom();
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    // Headroom above: a millisecond never makes 2^30 ids.
    seq = random.readUInt32BE(4) >>> 2;
  } else seq += 1;
  return format(v7({ msecs: lastMs, seq, random }, made));
}

/** The usual text form: one string, not a rope of twenty. */
function format(bytes: Uint8Array): string {
  let at = 0;
  for (let n = 0; n < BYTES; n++) {
    if (n === 4 || n === 6 || n === 8 || n === 10) at += 1;
    const byte = bytes[n] ?? 0;
    text[at++] = DIGITS[byte >> 4] ?? 0;
    text[at++] = DIGITS[byte & 15] ?? 0;
  }
  return text.toString('latin1');
}

function nextRandom(): Buffer {
  if (used === block.length) {
    randomFillSync(block);
    used = 0;
  }
  used += BYTES;
  return block.subarray(used - BYTES, used);
}
