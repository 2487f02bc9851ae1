// When each delivery falls due: a steady rate with a burst now and then.
import type { Dials } from '../dials.js';

/** Milliseconds after the start at which the n-th delivery falls due, n by n. Never ends. */
export function* dueTimes({
  rate,
  burst,
  burstEvery,
}: Pick<Dials, 'rate' | 'burst' | 'burstEvery'>): Generator<number> {
  let nextBurst = burstEvery > 0 && burst > 0 ? burstEvery * 1_000 : Infinity;
  for (let steady = 0; ; steady += 1) {
    const due = (steady * 1_000) / rate;
    while (due >= nextBurst) {
      for (let n = 0; n < burst; n += 1) yield nextBurst;
      nextBurst += burstEvery * 1_000;
    }
    yield due;
  }
}
