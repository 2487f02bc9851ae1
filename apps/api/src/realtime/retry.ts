// Runs one piece of work at a time, again while it says there is more, with back-off while it fails.
import type { RealtimeLog } from './ports.js';

const FIRST_DELAY_MS = 100;
const LAST_DELAY_MS = 5_000;

/** `work` returns whether more is waiting. An outage is logged once when it begins and once when it ends. */
export class Retry {
  #running: Promise<void> | null = null;
  #isAsked = false;
  #isClosed = false;
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly work: () => Promise<boolean>,
    private readonly log: RealtimeLog,
  ) {}

  /** Asks for a run: at once, after the one under way, or when the back-off ends. */
  run(): void {
    this.#isAsked = true;
    if (this.#isClosed || this.#running || this.#timer) return;
    this.#running = this.#loop().finally(() => {
      this.#running = null;
      // Asked between the last look and now.
      if (this.#isAsked && !this.#timer) this.run();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running;
  }

  async #loop(): Promise<void> {
    while (this.#isAsked && !this.#isClosed) {
      this.#isAsked = false;
      try {
        if (await this.work()) this.#isAsked = true;
        if (this.#failures > 0) this.log.info({}, 'The event log can be read again.');
        this.#failures = 0;
      } catch (err) {
        this.#backOff(err);
        return;
      }
    }
  }

  #backOff(err: unknown): void {
    if (this.#isClosed) return;
    if (this.#failures === 0) this.log.warn({ err }, 'The event log cannot be read; trying until it can.');
    this.#isAsked = true;
    const delay = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.run();
    }, delay);
  }
}
