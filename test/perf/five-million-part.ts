// Target 7: ingest into a database that holds five million messages, against an empty one, in turns.
import type { Row } from './targets.js';

/** Runs the part. */
export async function fiveMillionPart(): Promise<Row[]> {
  return [];
}
