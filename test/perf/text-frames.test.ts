import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { frameAt, isClose, maskedTextFrame } from './text-frames.js';

const serverFrame = (payload: string, head: number[]) => Buffer.concat([Buffer.from(head), Buffer.from(payload)]);

test('frames of every length are found, one behind the other', () => {
  const bytes = Buffer.concat([
    serverFrame('2', [0x81, 1]),
    serverFrame('x'.repeat(650), [0x81, 126, 650 >> 8, 650 & 0xff]),
    serverFrame('y'.repeat(70_000), [0x81, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70]),
  ]);
  const found = [];
  for (let at = 0, frame; (frame = frameAt(bytes, at, bytes.length)); at = frame.to) found.push(frame.to - frame.from);
  expect(found).toEqual([1, 650, 70_000]);
});

test('a frame that has not come whole is no frame yet', () => {
  const bytes = serverFrame('x'.repeat(300), [0x81, 126, 1, 44]);
  for (const end of [0, 1, 2, 3, 4, 303]) expect(frameAt(bytes, 0, end)).toBeNull();
  expect(frameAt(bytes, 0, 304)).toEqual({ opcode: 1, from: 4, to: 304 });
});

test('a close frame is told from text', () => {
  const opcodes = [0x88, 0x81].map((first) => frameAt(Buffer.from([first, 0]), 0, 2));
  expect(opcodes.map((frame) => frame && isClose(frame))).toEqual([true, false]);
});

test.each([3, 125, 126, 400])('a server reads what is written in %i bytes', async (length) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const heard = once(server, 'connection').then(([client]: { once: unknown }[]) => once(client as never, 'message'));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(
    'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await once(socket, 'data');
  socket.write(maskedTextFrame('z'.repeat(length)));
  const [message] = (await heard) as [Buffer];
  expect(message.toString()).toBe('z'.repeat(length));
  const closed = once(socket, 'close');
  for (const client of server.clients) client.terminate();
  server.close();
  await closed;
});
