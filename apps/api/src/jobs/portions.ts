// Repeats a bounded statement until it finds nothing more, so that no transaction grows long.

/** Calls `take(portion)` until it handles fewer rows than asked or the signal aborts. Returns the rows handled. */
export async function inPortions(work: {
  signal: AbortSignal;
  portion: number;
  take: (limit: number) => Promise<number>;
}): Promise<number> {
  let total = 0;
  for (;;) {
    const handled = await work.take(work.portion);
    total += handled;
    if (handled < work.portion || work.signal.aborted) return total;
  }
}
