// The database as the rest of the service sees it: PostgreSQL or the embedded one, behind the same pg.Pool.
import type pg from 'pg';

/** Anything that runs a statement: a pool, or a client inside a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

/** An open database. Both kinds run the same SQL. */
export interface Database {
  kind: 'postgres' | 'embedded';
  /** Everything but ingest. */
  pool: pg.Pool;
  /** Ingest batches: pipelined clients whose plans always walk indexes (`ingest.md` 2). On the embedded database the same pool. */
  ingestPool: pg.Pool;
  /** The statement that opens an ingest transaction, with the planner settings where the client cannot carry them. */
  ingestBegin: string;
  /** Runs `work` in one transaction on one client of the pool; rolls back when it throws. */
  transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
