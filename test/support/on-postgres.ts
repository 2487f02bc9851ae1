// Which database a run is for: PostgreSQL when TEST_DATABASE_URL names a server, else the embedded one in memory.
import { describe } from 'vitest';

export const isOnPostgres = (process.env['TEST_DATABASE_URL'] ?? '') !== '';

/** A `describe` for what only PostgreSQL can show: several processes, real concurrency. Left out of the embedded run. */
export const describeOnPostgres = describe.skipIf(!isOnPostgres);
