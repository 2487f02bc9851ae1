// What a stretch of load is counted into: answers by kind, delays from the time a request was meant to begin.
import type { LoadResult } from './load.js';
import { percentile } from './statistics.js';

export type Tally = ReturnType<typeof createTally>;

/** `sent` hears of every request with the time (of performance.now) that its delay counts from. */
export function createTally(sent: (id: string, at: number) => void = () => {}) {
  const delays: number[] = [];
  const lags: number[] = [];
  const refused: Record<string, number> = {};
  const unacknowledged = new Set<string>();
  let begun = 0;
  let acknowledged = 0;

  function beginFrom(id: string, at: number) {
    begun += 1;
    unacknowledged.add(id);
    sent(id, at);
    return (status: number): void => {
      delays.push(performance.now() - at);
      if (status >= 200 && status < 300) {
        acknowledged += 1;
        unacknowledged.delete(id);
      } else refused[status] = (refused[status] ?? 0) + 1;
    };
  }

  return {
    /** A request that begins now; call the result with the status it was answered with. */
    begin(id: string): (status: number) => void {
      return beginFrom(id, performance.now());
    },
    /** A request that was meant to begin at `due`: what the loader is late counts as delay, and is kept by itself. */
    beginDue(id: string, due: number): (status: number) => void {
      lags.push(performance.now() - due);
      return beginFrom(id, due);
    },
    result(): Pick<LoadResult, 'acknowledged' | 'begun' | 'unacknowledged' | 'refused' | 'answer' | 'lag'> {
      const lag = lags.length === 0 ? null : fold(lags);
      return { acknowledged, begun, unacknowledged: [...unacknowledged], refused, answer: fold(delays), lag };
    },
  };
}

function fold(delays: number[]): { p50: number; p99: number } {
  return { p50: percentile(delays, 0.5), p99: percentile(delays, 0.99) };
}
