// A client that remembers which of its pipelined statements failed first: the others only report the failed transaction.
import type pg from 'pg';
import type { Queryable } from '../db/database.js';

/** Passes statements on; `firstError` is the reason of a failed transaction. */
export class TrackedClient {
  firstError: unknown;
  readonly query: Queryable['query'];

  constructor(client: pg.PoolClient) {
    const send = (...args: [pg.QueryConfig]) =>
      client.query(...args).catch((error: unknown) => {
        this.firstError ??= error;
        throw error;
      });
    // Only the promise form is used; the overloads of node-postgres do not survive wrapping.
    this.query = send as unknown as Queryable['query'];
  }
}
