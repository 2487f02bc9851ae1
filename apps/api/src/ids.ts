// Ids: UUIDv7, in order within this process. Randomness is drawn in blocks, because a system call an id costs more than the id.
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const BYTES = 16;
const block = Buffer.alloc(256 * BYTES);
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
  return v7({ msecs: lastMs, seq, random });
}

function nextRandom(): Buffer {
  if (used === block.length) {
    randomFillSync(block);
    used = 0;
  }
  used += BYTES;
  return block.subarray(used - BYTES, used);
}
