// What an experiment's randomness starts from: FAULT_SEED to repeat a run, else another each time.

/** A number below 2^31, said on the terminal, so that a run that never comes to its figures can be repeated as well. */
export function faultSeed(): number {
  const given = process.env['FAULT_SEED'] || null;
  const seed = given === null ? Date.now() % 2 ** 31 : Number(given);
  if (!Number.isSafeInteger(seed) || seed < 0 || seed >= 2 ** 31)
    throw new Error(`FAULT_SEED must be a whole number below 2^31, not ${given}.`);
  process.stdout.write(`FAULT_SEED=${seed}\n`);
  return seed;
}
