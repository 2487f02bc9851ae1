// A client for batches: statements of one turn leave in one write, and the first failure is remembered.
import type { Writable } from 'node:stream';
import type pg from 'pg';
import type { Queryable } from '../db/database.js';

/** Passes statements on. In a failed transaction the other pipelined statements only report the failure: `firstError` is its reason. */
export class TrackedClient {
  firstError: unknown;
  readonly query: Queryable['query'];
  readonly #stream: Writable;
  #isCorked = false;

  constructor(client: pg.PoolClient) {
    this.#stream = streamOf(client);
    const send = (...args: [pg.QueryConfig]) => {
      this.#cork();
      const sent = client.query(...args).catch((error: unknown) => {
        this.firstError ??= error;
        throw error;
      });
      // A batch that is given up before it waits for this statement must not bring the process down.
      sent.catch(() => undefined);
      return sent;
    };
    // Only the promise form is used; the overloads of node-postgres do not survive wrapping.
    this.query = send as unknown as Queryable['query'];
  }

  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#stream.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      this.#stream.uncork();
    });
  }
}

/** node-postgres shows its socket on `connection`, which its types leave out. */
function streamOf(client: pg.PoolClient): Writable {
  return (client as unknown as { connection: { stream: Writable } }).connection.stream;
}
