// A TCP proxy that makes the network between two parties as bad as an experiment wants it, and well again.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { carry, FAITHFUL } from './chaos-stream.js';
import type { Network, NetworkFaults } from './chaos-stream.js';

/** A proxy on a port of its own. */
export interface ChaosProxy extends AsyncDisposable {
  port: number;
  /** The same address by way of the proxy. */
  through(url: string): string;
  /** Puts faults in force beside those that are, for bytes from now on. */
  set(faults: Partial<NetworkFaults>): void;
  /** Ends all faults. A connection that lost bytes to a half-open network is reset: it would go on in the middle of a message. */
  heal(): void;
  /** Ends every connection with a RST on both sides; gives back how many there were. */
  reset(): number;
  /** Open connections. */
  connections(): number;
  /** Bytes that have arrived from both sides, whatever became of them. */
  arrived(): number;
}

/** Starts a proxy to `host:port` on 127.0.0.1. */
export async function startChaosProxy({
  host = '127.0.0.1',
  port,
}: {
  host?: string;
  port: number;
}): Promise<ChaosProxy> {
  let faults: NetworkFaults = { ...FAITHFUL };
  let arrived = 0;
  let thaw: (() => void) | null = null;
  let thawed = Promise.resolve();
  const links = new Set<{ sockets: [Socket, Socket]; isBroken: boolean }>();
  const left = new Set<Socket>();

  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ host, port, allowHalfOpen: true });
    const link = { sockets: [near, far] as [Socket, Socket], isBroken: false };
    links.add(link);
    const network: Network = {
      faults: () => faults,
      thawed: () => thawed,
      arrived: (bytes) => void (arrived += bytes),
      swallowed: () => void (link.isBroken = true),
    };
    for (const [socket, other] of [[near, far] as const, [far, near] as const]) {
      socket.setNoDelay(true);
      // What went wrong shows as the close of the other side.
      socket.on('error', () => {});
      left.add(socket);
      socket.on('close', (hadError) => {
        left.delete(socket);
        if (hadError) cut(other);
        else other.destroySoon();
        if (near.destroyed && far.destroyed) links.delete(link);
      });
      carry(socket, other, network);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = (server.address() as AddressInfo).port;

  function set(changed: Partial<NetworkFaults>): void {
    faults = { ...faults, ...changed };
    if (faults.isFrozen && !thaw) thawed = new Promise((resolve) => (thaw = resolve));
    else if (!faults.isFrozen && thaw) {
      thaw();
      thaw = null;
    }
  }
  function end(which: (link: { isBroken: boolean }) => boolean): number {
    const ended = [...links].filter(which);
    for (const { sockets } of ended) for (const socket of sockets) cut(socket);
    return ended.length;
  }

  return {
    port: own,
    through(url) {
      const proxied = new URL(url);
      proxied.hostname = '127.0.0.1';
      proxied.port = String(own);
      return proxied.href;
    },
    set,
    heal() {
      set(FAITHFUL);
      end(({ isBroken }) => isBroken);
    },
    reset: () => end(() => true),
    connections: () => links.size,
    arrived: () => arrived,
    async [Symbol.asyncDispose]() {
      set(FAITHFUL);
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      end(() => true);
      await closed;
      for (const socket of left) closeHandle(socket);
    },
  };
}

/** RST, or just the end for a connection that is being shut down: node cannot reset that any more. */
function cut(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

/** A reset that meets a shutdown under way fails inside node, which then never closes the handle. */
function closeHandle(socket: Socket): void {
  socket.destroy();
  (socket as unknown as { _handle: { close(): void } | null })._handle?.close();
}
