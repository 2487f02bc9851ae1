// A run of many spoiled payloads through the checks, with the first failure made small.
import { checkPayload } from './check-payload.js';
import { minimise } from './minimise.js';
import { mutant } from './mutator.js';
import { createRandom } from './random.js';

export interface Campaign {
  seed: number;
  /** Index of the first payload. */
  from: number;
  count: number;
  /** Told every so often. */
  onProgress?: (done: number, figures: Figures) => void;
}

export interface Figures {
  items: number;
  refused: number;
  worstMs: number;
  /** Index of the payload that took longest. */
  worstAt: number;
}

const PROGRESS_EVERY = 10_000;

/** Throws with seed, index, rule and the smallest payload found when a rule is broken. */
export function runCampaign({ seed, from, count, onProgress }: Campaign): Figures {
  const figures: Figures = { items: 0, refused: 0, worstMs: 0, worstAt: -1 };
  for (let index = from; index < from + count; index++) {
    const bytes = mutant(createRandom(seed, index));
    const started = performance.now();
    const items = attempt(bytes, { seed, index });
    const ms = performance.now() - started;
    figures.items += items;
    if (items === 0) figures.refused += 1;
    if (ms > figures.worstMs) Object.assign(figures, { worstMs: ms, worstAt: index });
    if ((index + 1 - from) % PROGRESS_EVERY === 0) onProgress?.(index + 1 - from, figures);
  }
  return figures;
}

function attempt(bytes: Buffer, { seed, index }: { seed: number; index: number }): number {
  try {
    return checkPayload(bytes);
  } catch (error) {
    const rule = messageOf(error);
    const smallest = minimise(bytes, (shorter) => ruleBrokenBy(shorter) === rule);
    const where = `FUZZ_SEED=${seed} FUZZ_FROM=${index} FUZZ_COUNT=1 npm run fuzz`;
    throw new Error(`${rule}\n  again: ${where}\n  payload: ${JSON.stringify(String(smallest))}`, { cause: error });
  }
}

function ruleBrokenBy(bytes: Buffer): string | null {
  try {
    checkPayload(bytes);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
