// What an experiment found: one row of the reliability report, carried from the test to the reporter.
import type { TestContext } from 'vitest';
import { isOnPostgres } from '../../support/on-postgres.js';

/** A row of the report. Figures are numbers and words that need no explanation. */
export interface FaultRow {
  /** The number in `reliability.md`; null for what an issue asks beside the table. */
  experiment: number | null;
  database: 'embedded' | 'PostgreSQL';
  /** The load and the fault, in a sentence. */
  what: string;
  figures: Record<string, number | string>;
}

declare module 'vitest' {
  interface TaskMeta {
    fault?: FaultRow;
  }
}

/** Notes what the running test found. Call it before the assertions, so that a failure is reported with its figures. */
export function noteFigures({ task }: Pick<TestContext, 'task'>, row: Omit<FaultRow, 'database'>): void {
  task.meta.fault = { ...row, database: isOnPostgres ? 'PostgreSQL' : 'embedded' };
}
