// What the parts of the bench measured, kept beside the report, so that a part that runs alone replaces its own rows only.
import { z } from 'zod';
import { PARTS } from './options.js';
import type { Part } from './options.js';
import { TARGETS } from './targets.js';
import type { Row, TargetName } from './targets.js';

const TARGET_NAMES = Object.keys(TARGETS) as TargetName[];

const RowSchema = z.object({
  target: z.enum(TARGET_NAMES).nullable(),
  what: z.string(),
  // JSON has no NaN, which is what could not be measured.
  value: z
    .number()
    .nullable()
    .transform((value) => value ?? NaN),
  unit: z.string(),
  figures: z.string(),
}) satisfies z.ZodType<Row>;

/** One run of a part: on what, how long, and its rows. `load` is the load average of the minute before. */
const PartResultSchema = z.object({
  date: z.string(),
  commit: z.string(),
  machine: z.string(),
  software: z.string(),
  load: z.number(),
  rounds: z.number(),
  seconds: z.number(),
  rows: z.array(RowSchema),
});
export type PartResult = z.infer<typeof PartResultSchema>;

const ResultsSchema = z.partialRecord(z.enum(PARTS), PartResultSchema);
/** The last run of each part that ever ran. */
export type Results = z.infer<typeof ResultsSchema>;

/** Reads what `writeResults` wrote; nothing when there is none yet. Rows of targets that are gone are refused. */
export function parseResults(text: string | null): Results {
  return text === null ? {} : ResultsSchema.parse(JSON.parse(text));
}

/** As JSON that ends with a new line. */
export function formatResults(results: Results): string {
  return `${JSON.stringify(results, null, 2)}\n`;
}

/** The results with one part replaced, in the order the parts run. */
export function withPart(results: Results, part: Part, result: PartResult): Results {
  const merged: Results = { ...results, [part]: result };
  return Object.fromEntries(PARTS.flatMap((name) => (merged[name] ? [[name, merged[name]]] : [])));
}

/** All rows, part by part. */
export function rowsOf(results: Results): Row[] {
  return Object.values(results).flatMap(({ rows }) => rows);
}
