// What the chaos proxy does to a connection, fault by fault.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startChaosProxy } from './chaos-proxy.js';
import type { ChaosProxy } from './chaos-proxy.js';

interface End {
  socket: Socket;
  heard: Buffer[];
  error: string | undefined;
  text(): string;
}

let close: () => Promise<void>;
let proxy: ChaosProxy;
let client: End;
let server: End;

beforeEach(async () => {
  const accepted: End[] = [];
  const listener = createServer((socket) => void accepted.push(listenTo(socket)));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  proxy = await startChaosProxy({ port: (listener.address() as AddressInfo).port });
  close = async () => {
    await proxy[Symbol.asyncDispose]();
    for (const { socket } of [...accepted, client]) socket.destroy();
    await new Promise((resolve) => listener.close(resolve));
  };
  client = await dial();
  server = await vi.waitFor(() => accepted[0] ?? Promise.reject(new Error('nobody came')));
});
afterEach(() => close());

async function dial(): Promise<End> {
  const socket = connect(proxy.port, '127.0.0.1');
  await once(socket, 'connect');
  return listenTo(socket);
}

function listenTo(socket: Socket): End {
  socket.setNoDelay(true);
  const end: End = { socket, heard: [], error: undefined, text: () => Buffer.concat(end.heard).toString() };
  socket.on('data', (bytes: Buffer) => end.heard.push(bytes));
  socket.on('error', (error: NodeJS.ErrnoException) => (end.error = error.code));
  return end;
}

const until = (assertion: () => void, timeout = 3_000) => vi.waitFor(assertion, { timeout, interval: 2 });

/** What one end hears of what the other says; resolves with the ms it took. */
async function says(from: End, to: End, words: string): Promise<number> {
  const before = to.text().length;
  const at = performance.now();
  from.socket.write(words);
  await until(() => expect(to.text().slice(before)).toBe(words));
  return performance.now() - at;
}

test('without faults both sides hear each other at once, and the end of one ends the other', async () => {
  expect(await says(client, server, 'olá')).toBeLessThan(100);
  await says(server, client, 'oi');
  const ended = once(server.socket, 'end');
  client.socket.end();
  await ended;
});

test('latency delays, in the order of sending, and does not add up', async () => {
  proxy.set({ latencyMs: 150 });
  const at = performance.now();
  for (const word of ['a', 'b', 'c', 'd']) {
    client.socket.write(word);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => expect(server.text()).toBe('abcd'));
  const took = performance.now() - at;
  expect(took).toBeGreaterThanOrEqual(145);
  expect(took).toBeLessThan(450);
});

test('slices arrive in order and whole, in pieces no larger than asked for', async () => {
  const pieces: number[] = [];
  proxy.set({ sliceBytes: 3 });
  server.socket.on('data', (bytes: Buffer) => pieces.push(bytes.length));
  const words = 'x'.repeat(50) + 'y'.repeat(50);
  await says(client, server, words);
  expect(pieces.length).toBeGreaterThan(5);
});

test('a bandwidth holds', async () => {
  proxy.set({ bytesPerSecond: 100_000 });
  expect(await says(client, server, 'x'.repeat(30_000))).toBeGreaterThan(250);
});

test('what is frozen keeps its bytes and passes them on when it thaws', async () => {
  proxy.set({ isFrozen: true });
  client.socket.write('wait');
  const late = await dial();
  late.socket.write('wait too');
  await until(() => expect(proxy.arrived()).toBe('wait'.length + 'wait too'.length));
  expect(server.text()).toBe('');
  proxy.heal();
  await until(() => expect(server.text()).toBe('wait'));
  late.socket.destroy();
});

test('a half-open network accepts, swallows, and resets what it robbed when it is healed', async () => {
  proxy.set({ isHalfOpen: true });
  const late = await dial();
  client.socket.write('lost');
  server.socket.write('lost as well');
  await until(() => expect(proxy.arrived()).toBe('lost'.length + 'lost as well'.length));
  expect(server.text() + client.text()).toBe('');
  expect(client.socket.destroyed).toBe(false);
  proxy.heal();
  await until(() => expect(client.error).toBe('ECONNRESET'));
  expect(late.error).toBeUndefined();
  late.socket.destroy();
});

test('a reset is a RST on both sides', async () => {
  expect(proxy.reset()).toBe(1);
  await until(() => expect([client.error, server.error]).toEqual(['ECONNRESET', 'ECONNRESET']));
  await until(() => expect(proxy.connections()).toBe(0));
});

test('a cut lets so many bytes through and no more', async () => {
  proxy.set({ cutAfterBytes: 10 });
  client.socket.write('0123456789abcdef');
  await until(() => expect(client.error).toBe('ECONNRESET'));
  expect('0123456789'.startsWith(server.text())).toBe(true);
});
