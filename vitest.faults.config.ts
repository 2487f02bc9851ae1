// How the fault experiments run: one file after another, on the embedded database and on PostgreSQL, in two sizes (`--mode fast | full`).
import { defineConfig } from 'vitest/config';

const SERVER_URL = process.env['TEST_DATABASE_URL'] || 'postgres://postgres@127.0.0.1:5432/postgres';

/** A run of every experiment on one database: `test/support` reads where from TEST_DATABASE_URL. */
function on({ name, databaseUrl, tier }: { name: string; databaseUrl: string; tier: 'fast' | 'full' }) {
  // A project is resolved in a mode of its own, so the tier is handed down.
  return { extends: true as const, test: { name, env: { TEST_DATABASE_URL: databaseUrl }, provide: { tier } } };
}

export default defineConfig(({ mode }) => {
  const tier = mode === 'full' ? 'full' : 'fast';
  return {
    test: {
      include: ['test/faults/**/*.fault.ts'],
      exclude: ['**/node_modules/**', '**/dist/**'],
      pool: 'forks',
      // A fault is timed and its load is counted: nothing else may run beside it.
      fileParallelism: false,
      maxWorkers: 1,
      globalSetup: ['test/support/global-setup.ts'],
      setupFiles: ['test/support/no-leaks.ts'],
      reporters: ['default', ['./test/faults/support/report.ts', { writes: tier === 'full' }]],
      testTimeout: 30 * 60_000,
      hookTimeout: 120_000,
      projects: [
        on({ name: 'embedded', databaseUrl: '', tier }),
        on({ name: 'PostgreSQL', databaseUrl: SERVER_URL, tier }),
      ],
    },
  };
});
