// Shortens bytes that break a rule, as long as they go on breaking it.

/** The shortest found within some thousand attempts: pieces are left out, large ones first. */
export function minimise(bytes: Buffer, breaks: (bytes: Buffer) => boolean): Buffer {
  let shortest = bytes;
  let attempts = 5_000;
  for (let size = Math.ceil(bytes.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < shortest.length && attempts > 0; attempts--) {
      const without = Buffer.concat([shortest.subarray(0, at), shortest.subarray(at + size)]);
      if (breaks(without)) shortest = without;
      else at += size;
    }
  }
  return shortest;
}
