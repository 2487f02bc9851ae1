// Posts that no honest broker sends, by a client that only looks at how it is refused.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { WEBHOOK_KEY } from './fault-service.js';

/** How it ended: the status of the answer, `closed` without one, and the ms it took. */
export interface Refusal {
  status: number | 'closed';
  ms: number;
}

interface HostilePost {
  port: number;
  headers?: Record<string, string>;
  /** Pieces of the body, sent one after the other as fast as they are taken. */
  body: Iterable<Uint8Array>;
  /** Declared before it is sent; without it the body goes in chunks. */
  length?: number;
}

/** Sends until it is answered or cut; the rest of the body is not sent then. */
export async function postHostile({ port, headers = {}, body, length }: HostilePost): Promise<Refusal> {
  const from = performance.now();
  const socket = connect(port, '127.0.0.1');
  const answer = readStatus(socket);
  socket.write(
    headOf({
      ...headers,
      ...(length === undefined ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(length) }),
    }),
  );
  for (const piece of body) {
    if (socket.destroyed || answer.status !== null) break;
    const bytes =
      length === undefined
        ? Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
        : piece;
    if (!socket.write(bytes)) await Promise.race([once(socket, 'drain'), answer.done]).catch(() => undefined);
  }
  if (length === undefined && !socket.destroyed) socket.write('0\r\n\r\n');
  await answer.done;
  socket.destroy();
  return { status: answer.status ?? 'closed', ms: performance.now() - from };
}

/** Opens a connection that sends one byte of a request a second, for ever. Resolves when the service ends it. */
export async function postSlowly({ port, part }: { port: number; part: 'headers' | 'bodies' }): Promise<Refusal> {
  const from = performance.now();
  const socket = connect(port, '127.0.0.1');
  const answer = readStatus(socket);
  socket.write(
    part === 'headers'
      ? 'POST /api/webhooks/whatsapp HTTP/1.1\r\nHost: x\r\nX-Slow: '
      : headOf({ 'content-length': '100000' }),
  );
  const drip = setInterval(() => socket.write(part === 'headers' ? 'x' : ' '), 1_000);
  await answer.done;
  clearInterval(drip);
  socket.destroy();
  return { status: answer.status ?? 'closed', ms: performance.now() - from };
}

function headOf(headers: Record<string, string>): string {
  const all = { host: '127.0.0.1', 'content-type': 'application/json', 'x-api-key': WEBHOOK_KEY, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `POST /api/webhooks/whatsapp HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** `done` resolves with the first status line, or with the end of the connection. */
function readStatus(socket: Socket): { status: number | null; done: Promise<void> } {
  let text = '';
  const answer = { status: null as number | null, done: Promise.resolve() };
  socket.on('error', () => {});
  answer.done = new Promise((resolve) => {
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
      if (status === undefined) return;
      answer.status = Number(status);
      resolve();
    });
    socket.once('close', () => resolve());
  });
  return answer;
}
