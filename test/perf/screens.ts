// The loader's Socket.IO clients: one screen per tenant, timing each message from its send on the same clock.
import { io } from 'socket.io-client';
import { z } from 'zod';
import type { LoadPlan } from './load.js';
import { percentile } from './statistics.js';

const SHOWN_WITHIN_MS = 10_000;

const ShownSchema = z.object({ message: z.object({ externalId: z.string() }) });

/** Screens that listen. */
export interface Screens {
  /** Notes that a message was sent, or was to be sent, at a time of performance.now. */
  sent: (id: string, at: number) => void;
  /** Waits until all that was sent is shown, at most ten seconds; then disconnects. Delays in ms. */
  finish(): Promise<{ p50: number; p99: number; missing: number }>;
}

/** Connects a screen for each token. Rejects when one is refused. */
export async function openScreens({ screenPort, screens }: Pick<LoadPlan, 'screenPort' | 'screens'>): Promise<Screens> {
  const waiting = new Map<string, number>();
  const delays: number[] = [];
  const clients = screens.map(({ tenantId, token }) =>
    io(`http://127.0.0.1:${screenPort}`, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { token, tenantId },
    }),
  );
  for (const client of clients) {
    client.on('ticket.message', (payload: unknown) => {
      const now = performance.now();
      const id = ShownSchema.parse(payload).message.externalId;
      const at = waiting.get(id);
      // A message is shown at least once; the first time counts.
      if (at === undefined) return;
      waiting.delete(id);
      delays.push(now - at);
    });
  }
  await Promise.all(
    clients.map(
      (client) =>
        new Promise<void>((resolve, reject) => {
          client.once('ready', () => resolve());
          client.once('connect_error', reject);
        }),
    ),
  );
  return {
    sent: (id, at) => void waiting.set(id, at),
    async finish() {
      const until = performance.now() + SHOWN_WITHIN_MS;
      while (waiting.size > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
      for (const client of clients) client.disconnect();
      return { p50: percentile(delays, 0.5), p99: percentile(delays, 0.99), missing: waiting.size };
    },
  };
}
