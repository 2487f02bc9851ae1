// Long work in short turns: a large delivery must not keep everybody else waiting for the event loop.

const TURN_MS = 8;

/** Work that rests between its turns. */
export interface Turns {
  /** Whether the turn has lasted long enough. */
  isOver(): boolean;
  /** Waits for the next turn. */
  rest(): Promise<void>;
}

// One line for the whole process: each round of the event loop gives one turn, however many deliveries are at work.
const waiting: (() => void)[] = [];

/** Begins a turn now. Whoever asks `isOver` often enough and rests when told stalls nobody for longer than a turn. */
export function createTurns(): Turns {
  let began = performance.now();
  return {
    isOver: () => performance.now() - began >= TURN_MS,
    async rest() {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 1) setImmediate(giveTurn);
      });
      began = performance.now();
    },
  };
}

function giveTurn(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(giveTurn);
}

/** Maps the items in order, resting whenever it has worked for some milliseconds. A handful of items takes no rest. */
export async function mapInTurns<T, Result>(
  items: Iterable<T>,
  map: (item: T, index: number) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  const turns = createTurns();
  for (const item of items) {
    results.push(map(item, results.length));
    if (turns.isOver()) await turns.rest();
  }
  return results;
}
