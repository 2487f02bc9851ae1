// The limit on what waits for one slow reader: a soft budget with a short grace, and a hard one without.

/** `graceMs` above `bytes`, or one moment above four times as much, and `exceeded` is called. */
export class ByteBudget {
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly parts: { bytes: number; graceMs: number; unsent: () => number; exceeded: () => void }) {}

  /** Looks after a live write. A burst that a healthy reader takes within the grace costs it nothing. */
  check(): void {
    const { bytes, graceMs, unsent, exceeded } = this.parts;
    const waiting = unsent();
    if (waiting <= bytes) return;
    if (waiting > 4 * bytes) {
      exceeded();
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      if (unsent() > bytes) exceeded();
    }, graceMs);
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
