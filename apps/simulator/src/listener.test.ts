import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readDials } from './dials.js';
import { listen } from './listener.js';
import type { World } from './world.js';

let io: Server;
let world: World;
/** What each connection said of itself, and its socket. */
let seated: { socket: Socket; since: unknown }[];
let onSeated: (socket: Socket) => void;

beforeEach(async () => {
  const http = createServer();
  io = new Server(http, { transports: ['websocket'] });
  seated = [];
  onSeated = () => {};
  io.on('connection', (socket) => {
    seated.push({ socket, since: socket.handshake.auth['since'] });
    onSeated(socket);
    socket.emit('ready', { epoch: 'e', seq: 10, replayed: true });
  });
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const place = {
    tenantId: 't',
    instanceId: 'i',
    credential: { apiKey: 'k' },
    token: 'x',
    cursor: 'e:10',
    isFresh: true,
  };
  world = { url, dials: readDials({}, new Date()), places: [place] };
});
afterEach(() => io.close());

function event(seq: number) {
  return { epoch: 'e', seq, tenantId: 't' };
}

test('a screen begins at the cursor of the world and reaches the cursor it waits for', async () => {
  await using screens = await listen(world);
  for (const seq of [11, 12]) seated[0]?.socket.emit('ticket.updated', event(seq));
  expect(await screens.reach(new Map([['t', 'e:12']]), 5_000)).toBe(true);
  expect(seated.map(({ since }) => since)).toEqual(['e:10']);
  expect(screens.heard).toMatchObject([{ events: 2, gaps: [], reconnects: 0 }]);
});

test('a screen that the service sends away comes back with what it has heard last', async () => {
  await using screens = await listen(world);
  onSeated = (socket) => void socket.emit('ticket.updated', event(12));
  seated[0]?.socket.emit('ticket.updated', event(11));
  expect(await screens.reach(new Map([['t', 'e:11']]), 5_000)).toBe(true);
  seated[0]?.socket.disconnect(true);
  expect(await screens.reach(new Map([['t', 'e:12']]), 5_000)).toBe(true);
  expect(seated.map(({ since }) => since)).toEqual(['e:10', 'e:11']);
  expect(screens.heard).toMatchObject([{ events: 2, gaps: [], reconnects: 1 }]);
});

test('a screen that is told that the service closes takes it for no event of the log', async () => {
  await using screens = await listen(world);
  seated[0]?.socket.emit('closing', { code: 1001, reason: 'restart' });
  seated[0]?.socket.emit('ticket.updated', event(11));
  expect(await screens.reach(new Map([['t', 'e:11']]), 5_000)).toBe(true);
  expect(screens.heard).toMatchObject([{ events: 1, malformed: [] }]);
});

test('a screen knows an event told twice from one that is told again when it comes back', async () => {
  await using screens = await listen(world);
  onSeated = (socket) => [11, 12].forEach((seq) => void socket.emit('ticket.updated', event(seq)));
  seated[0]?.socket.emit('ticket.updated', event(11));
  expect(await screens.reach(new Map([['t', 'e:11']]), 5_000)).toBe(true);
  seated[0]?.socket.disconnect(true);
  expect(await screens.reach(new Map([['t', 'e:12']]), 5_000)).toBe(true);
  expect(screens.heard).toMatchObject([{ replayed: 1, doubled: [] }]);
  for (const seq of [12, 13, 13, 14]) seated[1]?.socket.emit('ticket.updated', event(seq));
  expect(await screens.reach(new Map([['t', 'e:14']]), 5_000)).toBe(true);
  expect(screens.heard).toMatchObject([{ replayed: 3, doubled: [13] }]);
});

test('a screen that does not get there in time says so', async () => {
  await using screens = await listen(world);
  expect(await screens.reach(new Map([['t', 'e:11']]), 50)).toBe(false);
});
