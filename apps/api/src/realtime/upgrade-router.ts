// Upgrades that no door takes: a WebSocket to another path is refused, an offer of another protocol is overlooked.
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

const OF_THE_OFFER = new Set(['connection', 'upgrade', 'http2-settings']);

/** `isServed` tells whether some door takes this path. */
export function refuseOtherUpgrades(server: Server, isServed: (path: string) => boolean): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (isServed(path)) return;
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return answerAsAsked(server, { request, socket, head });
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
}

/**
 * Some HTTP clients offer `Upgrade: h2c` with every request (Java's by default) and expect the answer over HTTP/1.1
 * (RFC 9110, 7.8). Node has taken such a connection off its parser: it gets the request back, without the offer.
 */
function answerAsAsked(
  server: Server,
  { request, socket, head }: { request: IncomingMessage; socket: Duplex; head: Buffer },
): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (!OF_THE_OFFER.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[i + 1]}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
