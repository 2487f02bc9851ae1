// A timer for a point in time that may be further away than setTimeout can count.

const LONGEST_MS = 2 ** 31 - 1;

/** Calls `reached` once at `at` (epoch ms), or in the next turn when it has passed. Returns what cancels it. */
export function atTime(at: number, reached: () => void): () => void {
  let timer: NodeJS.Timeout;
  function arm(): void {
    const wait = at - Date.now();
    timer = wait > LONGEST_MS ? setTimeout(arm, LONGEST_MS) : setTimeout(reached, Math.max(0, wait));
    timer.unref();
  }
  arm();
  return () => clearTimeout(timer);
}
