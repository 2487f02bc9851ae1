// The guard of a pool with one connection: asking for a second one inside a transaction would wait for ever.
import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';

type ConnectCallback = (error: Error) => void;

const transactions = new AsyncLocalStorage<{ isOpen: boolean }>();

/** Runs `work`; until it ends, the same flow of control cannot take another connection of a guarded pool. */
export async function holdConnection<T>(work: () => Promise<T>): Promise<T> {
  const transaction = { isOpen: true };
  try {
    return await transactions.run(transaction, work);
  } finally {
    transaction.isOpen = false;
  }
}

/** Makes `pool.connect` (and so `pool.query`) fail inside `holdConnection` instead of waiting for the connection that its caller holds. */
export function guardPool(pool: pg.Pool): void {
  const connect = pool.connect.bind(pool) as (callback?: ConnectCallback) => unknown;
  function connectUnlessHeld(callback?: ConnectCallback): unknown {
    if (!transactions.getStore()?.isOpen) return connect(callback);
    const error = new Error(
      'A second connection was asked for inside a transaction. Use the client of the transaction.',
    );
    return callback ? callback(error) : Promise.reject(error);
  }
  pool.connect = connectUnlessHeld as typeof pool.connect;
}
