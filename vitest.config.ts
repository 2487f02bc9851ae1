// How the tests run: one process per file, so that a file can be checked for what it leaves behind.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['libs/**/*.test.ts', 'apps/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'forks',
    // Half of the time a test waits for a database in another thread or process: one worker a core.
    maxWorkers: '100%',
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/no-leaks.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
