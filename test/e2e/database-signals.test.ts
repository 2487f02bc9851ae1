import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createSignals } from '../../apps/api/dist/db/create-signals.js';
import type { Database } from '../../apps/api/dist/db/database.js';
import { silentLog } from '../../apps/api/dist/db/db-log.js';
import { openDatabase } from '../../apps/api/dist/db/open.js';
import type { SignalChannel, Signals } from '../../apps/api/dist/db/signals.js';
import { describeOnPostgres } from '../support/on-postgres.js';
import { createTestDatabase } from '../support/postgres.js';
import type { TestDatabase } from '../support/postgres.js';

interface Node {
  signals: Signals;
  heard: string[];
  timesListening(): number;
}

describeOnPostgres('signals between two processes on PostgreSQL', () => {
  let target: TestDatabase;
  let db: Database;
  let one: Node;
  let two: Node;

  function startNode(): Node {
    const signals = createSignals(db, { url: target.url, log: silentLog });
    const heard: string[] = [];
    let listening = 0;
    for (const channel of ['log', 'typing', 'revoked'] satisfies SignalChannel[]) {
      signals.subscribe(channel, (payload) => heard.push(`${channel} ${payload}`));
    }
    signals.onReconnect(() => {
      listening += 1;
    });
    return { signals, heard, timesListening: () => listening };
  }

  beforeAll(async () => {
    target = await createTestDatabase();
    db = await openDatabase({ url: target.url, poolSize: 2 });
    one = startNode();
    two = startNode();
    await vi.waitUntil(() => one.timesListening() === 1 && two.timesListening() === 1, 10_000);
  });
  afterAll(async () => {
    await Promise.all([one.signals.close(), two.signals.close()]);
    await db.close();
    await target[Symbol.asyncDispose]();
  });

  test('the other hears what one says, one does not; wake-ups of one tick are one, at the highest seq', async () => {
    one.signals.publish('log', 'demo:1,acme:4');
    one.signals.publish('log', 'demo:3');
    one.signals.publish('log', 'demo:2');
    one.signals.publish('typing', '{"text":"a b"}');
    await vi.waitUntil(() => two.heard.length === 2, 10_000);
    expect(two.heard).toEqual(['log demo:3,acme:4', 'typing {"text":"a b"}']);
    two.signals.publish('revoked', '{"jti":"x"}');
    await vi.waitUntil(() => one.heard.length > 0, 10_000);
    expect(one.heard).toEqual(['revoked {"jti":"x"}']);
  });

  test('more tenants than a NOTIFY can name are all named', async () => {
    const parts = Array.from({ length: 1_500 }, (_, index) => `tenant-${index}:${index + 1}`);
    two.heard.length = 0;
    one.signals.publish('log', parts.join(','));
    await vi.waitUntil(() => two.heard.at(-1)?.endsWith(parts.at(-1) ?? '!'), 10_000);
    expect(two.heard.map((line) => line.slice('log '.length)).join(',')).toBe(parts.join(','));
  });

  test('a listening connection that is cut comes back, says so, and hears again', async () => {
    await db.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'recado-signals' and datname = current_database()",
    );
    await vi.waitUntil(() => one.timesListening() === 2 && two.timesListening() === 2, 10_000);
    two.heard.length = 0;
    one.signals.publish('typing', 'again');
    await vi.waitUntil(() => two.heard.length > 0, 10_000);
    expect(two.heard).toEqual(['typing again']);
  });
});
