// The bus between processes on PostgreSQL: NOTIFY outside any transaction, LISTEN on a connection of its own.
import { randomUUID } from 'node:crypto';
import type { Database } from './database.js';
import type { DbLog } from './db-log.js';
import { codeOf } from './errors.js';
import { startListening } from './listener.js';
import { SignalBatch } from './signal-batch.js';
import type { SignalChannel, Signals } from './signals.js';

const CHANNELS = ['log', 'typing', 'revoked'] as const satisfies SignalChannel[];
const PREFIX = 'recado_';
const NOTIFY = 'select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as signals (channel, payload)';

/** Signals over `database`; `onReconnect` listeners are called each time listening begins, the first included. */
export function createPostgresSignals(database: Database, { url, log }: { url: string; log: DbLog }): Signals {
  const nodeId = randomUUID().slice(0, 8);
  const listeners = new Map<string, ((payload: string) => void)[]>(CHANNELS.map((channel) => [PREFIX + channel, []]));
  const reconnectListeners: (() => void)[] = [];
  const batch = new SignalBatch();
  let sending: Promise<void> | null = null;
  let isClosed = false;

  const listening = startListening({
    url,
    log,
    channels: [...listeners.keys()],
    onNotification(channel, payload) {
      const space = payload.indexOf(' ');
      if (payload.slice(0, space) === nodeId) return;
      for (const listener of listeners.get(channel) ?? []) listener(payload.slice(space + 1));
    },
    onListening() {
      for (const listener of reconnectListeners) listener();
    },
  });

  /** One statement at a time: what comes meanwhile goes with the next. */
  async function sendAll(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (!batch.isEmpty()) {
      const notifications = batch.take();
      try {
        await database.pool.query(NOTIFY, [
          notifications.map(({ channel }) => PREFIX + channel),
          notifications.map(({ payload }) => `${nodeId} ${payload}`),
        ]);
      } catch (error) {
        log.warn(
          { code: codeOf(error), signals: notifications.length },
          'signals were not sent; others find out by looking',
        );
      }
    }
    sending = null;
  }

  return {
    publish(channel, payload) {
      if (isClosed) return;
      if (!batch.add(channel, payload)) log.warn({ channel }, 'a signal is too large to be sent');
      sending ??= sendAll();
    },
    subscribe(channel, listener) {
      listeners.get(PREFIX + channel)?.push(listener);
    },
    onReconnect(listener) {
      reconnectListeners.push(listener);
    },
    async close() {
      isClosed = true;
      await Promise.all([sending, listening.close()]);
    },
  };
}
