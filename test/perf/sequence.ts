// Whether one client was sent every event once and in order.

const SEQ = /"seq":(\d+)/;

/** Follows the numbers of one client's events. */
export class Sequence {
  #last: number | null = null;

  /** Counts what is wrong in a burst that should have been `expected` events: missing ones, and each that is not the next. */
  check(texts: readonly string[], expected: number): number {
    let wrong = Math.max(0, expected - texts.length);
    for (const text of texts) {
      const seq = Number(SEQ.exec(text)?.[1] ?? NaN);
      if (Number.isNaN(seq) || (this.#last !== null && seq !== this.#last + 1)) wrong += 1;
      this.#last = seq;
    }
    return wrong;
  }
}
