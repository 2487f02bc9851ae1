// Upgrades to a path that nobody serves are answered and closed, never left hanging.
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** `isServed` tells whether some door takes this path. */
export function refuseOtherUpgrades(server: Server, isServed: (path: string) => boolean): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (isServed(path)) return;
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
}
