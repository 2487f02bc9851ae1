// Counts the requests being answered, so that a stopping service waits for them.
import type { Server } from 'node:http';

/** Follows the server's requests except Socket.IO's long polls, which only end when their socket does. */
export function trackRequests(server: Server): { idle(): Promise<void> } {
  let open = 0;
  const waiting = new Set<() => void>();
  server.prependListener('request', (request, response) => {
    if (request.url?.startsWith('/socket.io/')) return;
    open += 1;
    response.once('close', () => {
      open -= 1;
      if (open > 0) return;
      for (const resolve of waiting) resolve();
      waiting.clear();
    });
  });
  return {
    idle() {
      return open === 0 ? Promise.resolve() : new Promise((resolve) => void waiting.add(resolve));
    },
  };
}
