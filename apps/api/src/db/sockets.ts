// The sockets under the pools, so that closing does not depend on a server that answers.
import { Socket } from 'node:net';

/** The sockets of one database. `open` is node-postgres' `stream`; `closed` resolves when all that are open now are closed. */
export interface Sockets {
  open(): Socket;
  closed(): Promise<void>;
  destroyAll(): void;
}

/** Opens sockets and can cut all that are still open. */
export function trackSockets(): Sockets {
  const sockets = new Set<Socket>();
  return {
    open() {
      const socket = new Socket();
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
    async closed() {
      await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    },
    destroyAll() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
