// The running service: a context, a server that listens, screens, periodic work, and an orderly end.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createApp } from './app.js';
import type { Config } from './config.js';
import type { Context } from './context.js';
import { createContext } from './create-context.js';
import type { ContextOverrides } from './create-context.js';
import { seedDemo } from './demo.js';
import { createHttpServer } from './http/server.js';
import { startScheduler } from './jobs/scheduler.js';
import { createRealtime } from './realtime/create-realtime.js';
import { trackRequests } from './start-up/in-flight.js';

/** Longest wait for requests in flight when the service stops; a commit that takes longer is answered by the broker's retry. */
const DRAIN_MS = 4000;

/** A service that listens. `close` finishes what is in flight and may be called again. */
export interface Service {
  /** As others reach it: PUBLIC_URL, else the address it listens on. */
  url: string;
  port: number;
  ctx: Context;
  /** Whether the demo tenant is there to be tried. */
  hasDemo: boolean;
  close(): Promise<void>;
}

/** Starts everything. When something fails, what had started is closed before the error is thrown. */
export async function startService(config: Config, overrides: ContextOverrides = {}): Promise<Service> {
  const ctx = await createContext(config, overrides);
  try {
    const hasDemo = config.demo && (await seedDemo(ctx.db));
    const server = createHttpServer(createApp(ctx));
    const { hub, tokens, db, signals, log, metrics } = ctx;
    const realtime = createRealtime({ server, hub, tokens, db, signals, config, log, metrics });
    const requests = trackRequests(server);
    const port = await listen(server, config);
    const scheduler = startScheduler({ config, db, log });
    let closing: Promise<void> | undefined;
    async function stop(): Promise<void> {
      const closed = closeServer(server);
      await Promise.race([requests.idle(), wait(DRAIN_MS, undefined, { ref: false })]);
      await ctx.ingest.close();
      await realtime.close();
      server.closeAllConnections();
      await closed;
      await scheduler.close();
      await ctx[Symbol.asyncDispose]();
    }
    return {
      url: config.publicUrl ?? `http://${reachableHost(config.host)}:${port}`,
      port,
      ctx,
      hasDemo,
      close: () => (closing ??= stop()),
    };
  } catch (error) {
    await ctx[Symbol.asyncDispose]();
    throw error;
  }
}

async function listen(server: Server, { port, host }: Config): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Stops accepting; resolves when the last connection is gone. Connections that fall idle meanwhile are closed too. */
async function closeServer(server: Server): Promise<void> {
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  clearInterval(sweep);
}

function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
