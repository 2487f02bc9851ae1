// So many hands working off one list, each taking the next when it is done.

/** Runs `work` over the list with at most `width` under way. Results are in the list's order. */
export async function inLanes<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T, n: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  async function lane(): Promise<void> {
    for (let n = next++; n < items.length; n = next++) results[n] = await work(items[n] as T, n);
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}
