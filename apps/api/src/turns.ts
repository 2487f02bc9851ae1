// Long work in short turns: a large delivery must not keep everybody else waiting for the event loop.
import { setImmediate as nextTurn } from 'node:timers/promises';

const TURN_MS = 8;

/** Maps the items in order, resting whenever it has worked for some milliseconds. A handful of items takes no rest. */
export async function mapInTurns<T, Result>(
  items: Iterable<T>,
  map: (item: T, index: number) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  let began = performance.now();
  for (const item of items) {
    results.push(map(item, results.length));
    if (performance.now() - began < TURN_MS) continue;
    await nextTurn();
    began = performance.now();
  }
  return results;
}
