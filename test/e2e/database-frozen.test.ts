import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createSignals } from '../../apps/api/dist/db/create-signals.js';
import { silentLog } from '../../apps/api/dist/db/db-log.js';
import { classifySqlError } from '../../apps/api/dist/db/errors.js';
import { openDatabase } from '../../apps/api/dist/db/open.js';
import { isOnPostgres } from '../support/on-postgres.js';
import { createTestDatabase } from '../support/postgres.js';

/** A relay to the server that can stop passing anything on, as a frozen server does: connections are accepted and never answered. */
async function startRelay(url: string) {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const relay = createServer({ allowHalfOpen: true }, (downstream) => {
    const upstream = connect(Number(port || 5432), hostname);
    for (const [from, to] of [
      [downstream, upstream],
      [upstream, downstream],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => !isFrozen && to.write(chunk));
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const relayed = new URL(url);
  relayed.host = `127.0.0.1:${(relay.address() as AddressInfo).port}`;
  return {
    url: relayed.href,
    freeze(frozen: boolean) {
      isFrozen = frozen;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      relay.close();
    },
  };
}

test.skipIf(!isOnPostgres)(
  'on a frozen server every call fails within 3 s as an outage, the pool recovers by itself, and closing does not hang',
  async () => {
    await using target = await createTestDatabase();
    const relay = await startRelay(target.url);
    const db = await openDatabase({ url: relay.url, poolSize: 2 });
    const signals = createSignals(db, { url: relay.url, log: silentLog });
    await new Promise<void>((resolve) => signals.onReconnect(resolve));
    const question = 'select 1 as n';
    try {
      await Promise.all([db.pool.query(question), db.ingestPool.query(question)]);
      relay.freeze(true);
      const started = performance.now();
      const outcomes = await Promise.allSettled([
        ...Array.from({ length: 6 }, () => db.pool.query(question)),
        ...Array.from({ length: 6 }, () => db.ingestPool.query(question)),
        db.transaction((client) => client.query(question)),
      ]);
      expect(performance.now() - started).toBeLessThan(3_000);
      for (const outcome of outcomes) {
        expect(outcome.status === 'rejected' && classifySqlError(outcome.reason)).toBe('outage');
      }
      relay.freeze(false);
      expect((await db.pool.query(question)).rows).toEqual([{ n: 1 }]);
      expect((await db.ingestPool.query(question)).rows).toEqual([{ n: 1 }]);
      relay.freeze(true);
    } finally {
      await signals.close();
      await db.close();
      relay.close();
    }
  },
);
