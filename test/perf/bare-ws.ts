// The yardstick of fan-out: a ws server that sends an event of 650 bytes to one client after the other.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const FRAME_BYTES = 650;

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  response.writeHead(pathname === '/send' ? 202 : 200, { 'content-length': 0 }).end();
  if (pathname === '/send') send(Number(searchParams.get('events')));
});
const clients = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: true });
let seq = 0;

function send(events: number): void {
  for (let n = 0; n < events; n++) {
    seq += 1;
    const head = `{"seq":${seq},"text":"`;
    const frame = `${head}${'x'.repeat(FRAME_BYTES - head.length - 2)}"}`;
    for (const client of clients.clients) client.send(frame);
  }
}

// Whatever else is asked for, such as /readyz, is answered 200.
server.listen(Number(process.env['PORT']), '127.0.0.1');
