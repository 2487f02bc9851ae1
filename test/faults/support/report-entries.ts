// What the experiments found, kept beside the report, so that a run of some files replaces the rows of those files only.
import { z } from 'zod';

export const DATABASES = ['embedded', 'PostgreSQL'] as const;

/** One test on one database as it last ended. `load` is the load average of the minute before its run. */
const EntrySchema = z.object({
  /** Below `test/faults`. */
  file: z.string(),
  test: z.string(),
  database: z.enum(DATABASES),
  experiment: z.number().nullable(),
  /** The load and the fault; null when the test ended before it noted anything. */
  what: z.string().nullable(),
  holds: z.enum(['yes', 'no', 'skipped', 'did not end']),
  // JSON has neither NaN nor Infinity, which is what could not be measured.
  figures: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
  date: z.string(),
  commit: z.string(),
  load: z.number(),
  machine: z.string(),
  software: z.string(),
});
export type Entry = z.infer<typeof EntrySchema>;

/** A file on a database. */
export type Place = Pick<Entry, 'file' | 'database'>;

/** Reads what `formatEntries` wrote; nothing when there is none yet. */
export function parseEntries(text: string | null): Entry[] {
  return text === null ? [] : z.array(EntrySchema).parse(JSON.parse(text));
}

/** As JSON that ends with a new line. */
export function formatEntries(entries: readonly Entry[]): string {
  return `${JSON.stringify(entries, null, 2)}\n`;
}

/** The entries after a run: those of what ran are replaced, whatever their tests are called now; those of files that are gone are dropped. */
export function afterRun(of: {
  before: readonly Entry[];
  ran: readonly Place[];
  found: readonly Entry[];
  files: readonly string[];
}): Entry[] {
  const { before, ran, found, files } = of;
  const kept = before.filter((entry) => files.includes(entry.file) && !ran.some((place) => isSame(place, entry)));
  return [...kept, ...found].toSorted((a, b) => orderOf(a).localeCompare(orderOf(b), 'en', { numeric: true }));
}

/** What has no entry at all, as `file on database`. */
export function missingFrom(entries: readonly Place[], files: readonly string[]): string[] {
  return files.flatMap((file) =>
    DATABASES.filter((database) => !entries.some((entry) => isSame(entry, { file, database }))).map(
      (database) => `${file} on ${database}`,
    ),
  );
}

function isSame(a: Place, b: Place): boolean {
  return a.file === b.file && a.database === b.database;
}

/** By number, those without one last; then by file and database. Tests of a file stay in their order. */
function orderOf({ experiment, file, database }: Entry): string {
  return `${experiment ?? 999} ${file} ${database}`;
}
