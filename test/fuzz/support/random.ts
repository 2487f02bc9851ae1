// Random numbers that a seed repeats: the n-th payload of a run can be made again without the ones before it.

export interface Random {
  /** A whole number from 0 up to `below`. */
  int(below: number): number;
  pick<T>(items: readonly T[]): T;
  /** Whether something that happens once in `n` times happens now. */
  once(n: number): boolean;
}

/** Mulberry32 over seed and index. */
export function createRandom(seed: number, index = 0): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35);
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const int = (below: number) => Math.floor(next() * below);
  return {
    int,
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new Error('there is nothing to pick from');
      return items[int(items.length)] as T;
    },
    once: (n) => int(n) === 0,
  };
}
