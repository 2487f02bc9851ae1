// `npm run fuzz`: a million spoiled payloads. FUZZ_SEED, FUZZ_FROM and FUZZ_COUNT choose which; the seed is printed.
import { test } from 'vitest';
import { runCampaign, type Figures } from './support/campaign.js';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_007);
const from = Number(process.env['FUZZ_FROM'] ?? 0);
const count = Number(process.env['FUZZ_COUNT'] ?? 1_000_000);

test(`seed ${seed}, payloads ${from} to ${from + count - 1}`, () => {
  const started = performance.now();
  function tell(done: number, { items, refused, worstMs, worstAt }: Figures): void {
    const perSecond = Math.round((done / (performance.now() - started)) * 1000);
    const worst = `worst ${worstMs.toFixed(1)} ms (payload ${worstAt})`;
    const again = `FUZZ_SEED=${seed} FUZZ_FROM=${from + done}`;
    process.stdout.write(
      `${done} of ${count}, ${perSecond}/s, ${items} items, ${refused} refused, ${worst}; go on with ${again}\n`,
    );
  }
  tell(count, runCampaign({ seed, from, count, onProgress: tell }));
});
