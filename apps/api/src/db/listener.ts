// A connection that only listens, and comes back when it is lost.
import { once } from 'node:events';
import { Socket } from 'node:net';
import { Client } from 'pg';
import type { DbLog } from './db-log.js';
import { codeOf } from './errors.js';
import { CONNECT_TIMEOUT_MS, KEEP_ALIVE_DELAY_MS, QUERY_TIMEOUT_MS } from './time-outs.js';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
/** A server that froze, or vanished behind a router, is noticed by a question; the kernel's probes take minutes. */
const PROBE_EVERY_MS = 10_000;

interface ListenerOptions {
  url: string;
  channels: string[];
  log: DbLog;
  onNotification(channel: string, payload: string): void;
  /** Called each time listening begins. */
  onListening(): void;
}

/** Listens until closed. Tries again at growing intervals, from 100 ms to 5 s, with jitter. */
export function startListening(options: ListenerOptions): { close(): Promise<void> } {
  const stop = new AbortController();
  const stopped = listenForEver(options, stop.signal);
  return {
    close() {
      stop.abort();
      return stopped;
    },
  };
}

async function listenForEver(options: ListenerOptions, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await listenOnce(options, signal, () => {
        failures = 0;
      });
    } catch (error) {
      if (signal.aborted) return;
      if (failures === 0) options.log.warn({ code: codeOf(error) }, 'the listening connection is lost; trying again');
      failures += 1;
      await pause(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)) * (0.5 + Math.random() / 2), signal);
    }
  }
}

/** One connection's life: rejects when it is lost, resolves when `signal` aborts. */
async function listenOnce(options: ListenerOptions, signal: AbortSignal, onReady: () => void): Promise<void> {
  const socket = new Socket();
  const client = new Client({
    stream: () => socket,
    connectionString: options.url,
    application_name: 'recado-signals',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
  });
  const lost = new Promise<never>((_, reject) => {
    client.on('error', reject);
    client.on('end', () => reject(new Error('Connection terminated')));
  });
  // Raced below; this keeps a loss before that from being unhandled.
  lost.catch(() => {});
  try {
    await client.connect();
    client.on('notification', ({ channel, payload }) => options.onNotification(channel, payload ?? ''));
    await client.query(options.channels.map((channel) => `listen ${channel}`).join('; '));
    onReady();
    options.onListening();
    while (!signal.aborted) {
      await Promise.race([pause(PROBE_EVERY_MS, signal), lost]);
      if (!signal.aborted) await Promise.race([client.query('select 1'), lost]);
    }
  } finally {
    // No goodbye: a frozen server would not answer it.
    socket.destroy();
    if (!socket.closed) await once(socket, 'close');
  }
}

/** Waits, but not past an abort. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    }
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
