// The times of the last answers, for a percentile at any moment.

/** Keeps the last so many times, in milliseconds. */
export interface Latencies {
  add(ms: number): void;
  /** The p-th of 1, 0 when there is none yet. */
  at(p: number): number;
}

/** A window over the last `size` times. */
export function createLatencies(size = 5_000): Latencies {
  const times: number[] = [];
  let next = 0;
  return {
    add(ms) {
      times[next % size] = ms;
      next += 1;
    },
    at(p) {
      const sorted = times.toSorted((a, b) => a - b);
      return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * p) - 1)] ?? 0;
    },
  };
}
