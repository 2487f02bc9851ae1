// Faults put into the database on purpose: triggers that refuse, fail or wait, and what takes them out again.
import type { Pool } from 'pg';

/** A fault in force until `remove`, or the end of the block. */
export interface Fault extends AsyncDisposable {
  remove(): Promise<void>;
}

interface FaultOf {
  /** The SQLSTATE raised. */
  code: string;
  /** The table whose new rows raise it. */
  table?: string;
  /** SQL over `new` that picks the rows; all of them unless given. */
  when?: string;
  /** Raised so many times, then no more. */
  times?: number;
  /** Raised at COMMIT instead of at the insert. */
  atCommit?: boolean;
}

/** Makes inserts fail. The count of `times` survives rollbacks, as a sequence does. */
export function failInserts(pool: Pool, of: FaultOf): Promise<Fault> {
  const { code, table = 'messages', when = 'true', times, atCommit = false } = of;
  const counted = times === undefined ? 'true' : `nextval('fault_count') <= ${times}`;
  return install(pool, {
    table,
    atCommit,
    body: `if (${when}) and ${counted} then raise exception 'refused by the test' using errcode = '${code}'; end if;`,
  });
}

/** Makes every COMMIT that holds new rows of the table wait for whoever has the advisory lock 1. */
export function freezeCommits(pool: Pool, table = 'messages'): Promise<Fault> {
  return install(pool, { table, atCommit: true, body: 'perform pg_advisory_xact_lock_shared(1);' });
}

async function install(
  pool: Pool,
  { table, atCommit, body }: { table: string; atCommit: boolean; body: string },
): Promise<Fault> {
  const timing = atCommit
    ? `create constraint trigger fault after insert on ${table} deferrable initially deferred`
    : `create trigger fault before insert on ${table}`;
  await pool.query(`create sequence fault_count;
    create function fault() returns trigger language plpgsql as $$ begin ${body} return new; end $$;
    ${timing} for each row execute function fault()`);
  let removed: Promise<void> | undefined;
  const remove = () =>
    (removed ??= pool.query('drop function fault() cascade; drop sequence fault_count').then(() => undefined));
  return { remove, [Symbol.asyncDispose]: remove };
}
