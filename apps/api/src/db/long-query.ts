// Statements that may take minutes, where the pool's time-outs are made for requests.
import type pg from 'pg';
import type { Queryable } from './database.js';
import { LONG_QUERY_TIMEOUT_MS } from './time-outs.js';

/** Lifts the server's statement time-out for the rest of the transaction. */
export async function allowLongStatements(client: Queryable): Promise<void> {
  await client.query('set local statement_timeout = 0');
}

/** Runs a statement that may take minutes, inside a transaction that `allowLongStatements` has prepared. */
export function longQuery<R extends pg.QueryResultRow>(
  client: Queryable,
  text: string,
  values?: unknown[],
): Promise<pg.QueryResult<R>> {
  // node-postgres reads query_timeout from a query's config; its types only know the pool's.
  const config: pg.QueryConfig & { query_timeout: number } = { text, query_timeout: LONG_QUERY_TIMEOUT_MS };
  if (values) config.values = values;
  return client.query<R>(config);
}
