// Planner settings of ingest transactions: joins walk from array to index, so rows are locked in the array's order (`ingest.md` 2).

/** Each as `name=value`: a start-up option on PostgreSQL, `set local` on the embedded database. */
export const INGEST_PLANNER_SETTINGS = [
  'jit=off',
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_bitmapscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
];
