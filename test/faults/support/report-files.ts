// The files of the reliability report: `reliability.json` is brought up to date after a run, and `reliability.md` written from it.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestRunEndReason } from 'vitest/node';
import { afterRun, formatEntries, missingFrom, parseEntries } from './report-entries.js';
import type { Entry, Place } from './report-entries.js';
import { toMarkdown } from './report-table.js';

/** Whether a run's findings may stand in the report: a full one's, that came to its end and left no test of its files out. */
export function isWorthKeeping(run: { writes: boolean; reason: TestRunEndReason; hasPattern: boolean }): boolean {
  return run.writes && run.reason !== 'interrupted' && !run.hasPattern;
}

/** Puts a run's findings into the report in `dir`. `files` are all there are; what of them has no entry is named in the report. */
export async function updateReport(of: {
  dir: string;
  ran: readonly Place[];
  found: readonly Entry[];
  files: readonly string[];
}): Promise<void> {
  const { dir, ran, found, files } = of;
  const before = parseEntries(await readIfThere(join(dir, 'reliability.json')));
  const entries = afterRun({ before, ran, found, files });
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'reliability.json'), formatEntries(entries));
  await writeFile(join(dir, 'reliability.md'), toMarkdown(entries, missingFrom(entries, files)));
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
