// How the long fuzz runs: one file, without a time limit, its progress as it goes.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/fuzz/endless.ts'], pool: 'forks', testTimeout: 0, disableConsoleIntercept: true },
});
