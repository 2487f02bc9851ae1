// The sockets under the pools, so that closing does not depend on a server that answers.
import { Socket } from 'node:net';

/** Opens sockets for node-postgres (`stream`) and can cut all that are still open. */
export function trackSockets(): { open(): Socket; destroyAll(): void } {
  const sockets = new Set<Socket>();
  return {
    open() {
      const socket = new Socket();
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
    destroyAll() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
