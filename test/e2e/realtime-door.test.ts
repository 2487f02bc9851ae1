// The Socket.IO door over real sockets: handshake, joins, typing, limits, closes.
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isOnPostgres } from '../support/on-postgres.js';
import type { Node, Screen } from './realtime-rig.js';
import { addTenant, addTicket, append, connect, join, openStore, startNode, token, until } from './realtime-rig.js';

let store: Awaited<ReturnType<typeof openStore>>;
let node: Node;
let demo: string;
let other: string;
const screens: Screen[] = [];

beforeAll(async () => {
  store = await openStore();
  node = await startNode(store);
  [demo, other] = [await addTenant(store.db), await addTenant(store.db)];
});
afterEach(() => {
  for (const { socket } of screens.splice(0)) socket.disconnect();
});
afterAll(async () => {
  await node.close();
  await store.close();
});

async function sit(tenantId: string, claims = {}, options = {}): Promise<Screen> {
  const screen = await join(node.url, { auth: { token: await token(tenantId, claims) }, ...options });
  screens.push(screen);
  return screen;
}

async function refused(options: Parameters<typeof connect>[1]): Promise<Error & { data?: { code: string } }> {
  const screen = connect(node.url, options);
  screens.push(screen);
  return new Promise((resolve) => screen.socket.once('connect_error', resolve));
}

describe('handshake', () => {
  test.each([[['polling']], [['websocket']], [['polling', 'websocket']]])(
    'a screen connects over %j, gets ready first and then events',
    async (transports) => {
      const screen = await sit(demo, {}, { transports });
      const [before] = screen.frames;
      expect(before).toEqual({ event: 'ready', data: { epoch: 'e1', seq: expect.any(Number), replayed: 0 } });
      const entries = await append(store.db, demo, 3);
      node.hub.committed(entries);
      await until(() => screen.seqs().length === 3);
      expect(screen.seqs()).toEqual(entries.map((entry) => entry.seq));
    },
  );

  test.each(['auth.token', '?token=', 'Authorization'])('the token may come as %s', async (place) => {
    const jwt = await token(demo);
    const options =
      place === 'auth.token'
        ? { auth: { token: jwt } }
        : place === '?token='
          ? { query: { token: jwt } }
          : { extraHeaders: { authorization: `Bearer ${jwt}` } };
    screens.push(await join(node.url, options));
  });

  test('a single-use ticket opens a socket once', async () => {
    const principal = await node.tokens.verify(await token(demo));
    const { ticket } = await node.tokens.issueTicket(principal);
    screens.push(await join(node.url, { query: { token: ticket } }));
    expect((await refused({ query: { token: ticket } })).data?.code).toBe('CREDENTIALS_INVALID');
  });

  test.each(['missing', 'nonsense', 'expired', 'revoked', 'of no tenant'])(
    'a token that is %s is refused with the error object',
    async (kind) => {
      const cases: Record<string, [string | undefined, string]> = {
        missing: [undefined, 'CREDENTIALS_MISSING'],
        nonsense: ['a.b.c', 'CREDENTIALS_INVALID'],
        expired: [await token(demo, { exp: 1_700_000_000 }), 'TOKEN_EXPIRED'],
        revoked: [await token(demo, { jti: 'gone' }), 'TOKEN_REVOKED'],
        'of no tenant': [await token('nowhere'), 'TENANT_UNKNOWN'],
      };
      await node.tokens.revoke(demo, 'gone');
      const [jwt, code] = cases[kind] ?? [];
      const error = await refused({ auth: { token: jwt } });
      expect(error.data).toEqual({ code, message: error.message, retryable: false, traceId: expect.any(String) });
    },
  );

  test('a page of another origin is refused; the same host, loopback and no Origin are let in', async () => {
    expect(await handshakeStatus({ origin: 'https://evil.example' })).toBe(403);
    expect(await handshakeStatus({ origin: `http://127.0.0.1:${node.port}` })).toBe(200);
    expect(await handshakeStatus({ origin: 'http://localhost:5173' })).toBe(200);
    expect(await handshakeStatus({})).toBe(200);
  });

  test('a connection that does not authenticate in time is closed with 4408', async () => {
    const quick = await startNode(store, { limits: { authMs: 50 } });
    const code = await closeCodeOf(quick.port);
    expect(code).toBe(4408);
    await quick.close();
  });

  test('beyond the number of connections the next is refused', async () => {
    const small = await startNode(store, { maxConnections: 1 });
    const auth = { token: await token(demo) };
    const first = await join(small.url, { auth });
    const second = connect(small.url, { auth });
    await new Promise((resolve) => second.socket.once('connect_error', resolve));
    first.socket.disconnect();
    second.socket.disconnect();
    await small.close();
  });

  test('an upgrade to a path that nobody serves is answered 404', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-key': 'x',
        'sec-websocket-version': '13',
      };
      request({ port: node.port, path: '/nothing', headers })
        .on('response', (response) => resolve(response.statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(404);
  });
});

describe('rooms', () => {
  test('join-tenant as a string or an object is acknowledged; a foreign tenant is refused with the error object', async () => {
    const { socket } = await sit(demo);
    expect(await socket.emitWithAck('join-tenant', demo)).toEqual({ ok: true });
    expect(await socket.emitWithAck('join-tenant', { tenantId: demo })).toEqual({ ok: true });
    expect(await socket.emitWithAck('join-tenant', other)).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });
    expect(await socket.emitWithAck('no-such-event')).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });

  test('nothing of another tenant reaches a screen', async () => {
    const [mine, theirs] = [await sit(demo), await sit(other)];
    node.hub.committed([...(await append(store.db, demo)), ...(await append(store.db, other))]);
    await until(() => mine.seqs().length === 1 && theirs.seqs().length === 1);
    expect(mine.first('ticket.message')?.['tenantId']).toBe(demo);
    expect(theirs.first('ticket.message')?.['tenantId']).toBe(other);
  });

  test('a foreign ticket cannot be joined, an own one can', async () => {
    const { socket } = await sit(demo);
    const [own, foreign] = [await addTicket(store.db, demo), await addTicket(store.db, other)];
    expect(await socket.emitWithAck('join-ticket', own)).toEqual({ ok: true });
    expect(await socket.emitWithAck('join-ticket', foreign)).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
    expect(await socket.emitWithAck('leave-ticket', own)).toEqual({ ok: true });
  });

  test('typing reaches the others in the ticket, not oneself, not who left, not another tenant with that room', async () => {
    const ticketId = await addTicket(store.db, demo);
    const [writer, reader, left] = [await sit(demo, { sub: 'ana', name: 'Ana' }), await sit(demo), await sit(demo)];
    for (const { socket } of [writer, reader, left]) await socket.emitWithAck('join-ticket', { ticketId });
    await left.socket.emitWithAck('leave-ticket', { ticketId });
    writer.socket.emit('ticket:typing', { ticketId, isTyping: true, userId: 'not me' });
    await until(() => reader.first('ticket:typing') !== undefined);
    expect(reader.first('ticket:typing')).toEqual({ ticketId, isTyping: true, userId: 'ana', userName: 'Ana' });
    await Promise.all([writer, left].map(({ socket }) => socket.emitWithAck('join-tenant', demo)));
    expect(writer.first('ticket:typing') ?? left.first('ticket:typing')).toBeUndefined();
  });

  test('requests are answered in order although a look-up waits', async () => {
    const { socket } = await sit(demo);
    const ticketId = await addTicket(store.db, demo);
    const answers: string[] = [];
    await Promise.all([
      socket.emitWithAck('join-ticket', ticketId).then(() => answers.push('join')),
      socket.emitWithAck('leave-ticket', ticketId).then(() => answers.push('leave')),
    ]);
    expect(answers).toEqual(['join', 'leave']);
  });
});

describe('closing', () => {
  test('a live socket closes when its token expires, and is told closing', async () => {
    const screen = await sit(demo, { exp: Math.floor(Date.now() / 1000) + 2 });
    const reason = await new Promise((resolve) => screen.socket.once('disconnect', resolve));
    expect(reason).toBe('io server disconnect');
    expect(screen.first('closing')).toEqual({ code: 4401, comeBack: false, reason: expect.any(String) });
  });

  test('a live socket closes when its token is revoked', async () => {
    const screen = await sit(demo, { jti: 'j0' });
    const gone = new Promise((resolve) => screen.socket.once('disconnect', resolve));
    await node.tokens.revoke(demo, 'j0');
    expect(await gone).toBe('io server disconnect');
    expect(screen.first('closing')?.['code']).toBe(4401);
  });

  test.runIf(isOnPostgres)('a revocation closes sockets in the other processes too, and only those', async () => {
    const second = await startNode(store);
    const auth = { token: await token(demo, { jti: 'j1' }) };
    const [here, there] = [await join(node.url, { auth }), await join(second.url, { auth })];
    const unharmed = await sit(demo, { jti: 'j2' });
    const gone = [here, there].map(({ socket }) => new Promise((resolve) => socket.once('disconnect', resolve)));
    await node.tokens.revoke(demo, 'j1');
    await Promise.all(gone);
    expect(here.first('closing')?.['code']).toBe(4401);
    expect(there.first('closing')?.['code']).toBe(4401);
    expect(await unharmed.socket.emitWithAck('join-tenant', demo)).toEqual({ ok: true });
    await second.close();
  });

  test('a flood of frames is closed with 4429', async () => {
    const screen = await sit(demo, {}, { transports: ['websocket'] });
    const closed = new Promise((resolve) => screen.socket.once('disconnect', resolve));
    for (let index = 0; index < 200; index += 1) screen.socket.emit('join-tenant', demo);
    await closed;
    expect(screen.first('closing')?.['code']).toBe(4429);
  });

  test('a frame over 64 KB closes the connection', async () => {
    const screen = await sit(demo, {}, { transports: ['websocket'] });
    const closed = new Promise((resolve) => screen.socket.once('disconnect', resolve));
    screen.socket.emit('join-tenant', 'x'.repeat(70_000));
    expect(await closed).toMatch(/transport/);
  });

  test('a payload nested beyond the stack harms nobody', async () => {
    const [rude, polite] = [await sit(demo), await sit(demo)];
    const ticketId = await addTicket(store.db, demo);
    const nested: unknown = JSON.parse('['.repeat(3_000) + ']'.repeat(3_000));
    const answer = rude.socket.emitWithAck('ticket:typing', { ticketId, nested });
    expect(await answer).toMatchObject({ ok: false, error: { code: 'VALIDATION_FAILED' } });
    expect(await polite.socket.emitWithAck('join-tenant', demo)).toEqual({ ok: true });
  });

  test('a stopping node tells its sockets and the client comes back to the next one', async () => {
    const stopping = await startNode(store);
    const auth = { token: await token(demo) };
    const [polling, webSocket] = [
      await join(stopping.url, { auth, transports: ['polling'] }),
      await join(stopping.url, { auth, transports: ['websocket'] }),
    ];
    const reasons = [polling, webSocket].map(
      ({ socket }) => new Promise((resolve) => socket.once('disconnect', resolve)),
    );
    await stopping.close();
    expect(await Promise.all(reasons)).toEqual(['transport close', 'transport close']);
    for (const screen of [polling, webSocket])
      expect(screen.first('closing')).toMatchObject({ code: 1001, comeBack: true });
    expect(stopping.sockets()).toBe(0);
  });
});

/** Opens a bare WebSocket, says nothing, and reads the code of the close frame. */
function closeCodeOf(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      'sec-websocket-version': '13',
    };
    request({ port, path: '/socket.io/?EIO=4&transport=websocket', headers })
      .on('error', reject)
      .on('upgrade', (_response, socket, head) => {
        let bytes = head;
        socket.on('data', (chunk: Buffer) => {
          bytes = Buffer.concat([bytes, chunk]);
          while (bytes.length >= 2 && bytes[0] !== 0x88) {
            const length = bytes[1] === 126 ? 4 + bytes.readUInt16BE(2) : 2 + (bytes[1] ?? 0);
            if (bytes.length < length) return;
            bytes = bytes.subarray(length);
          }
          if (bytes.length < 4) return;
          socket.destroy();
          resolve(bytes.readUInt16BE(2));
        });
      })
      .end();
  });
}

/** The status of a polling handshake. */
function handshakeStatus(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port: node.port, path: '/socket.io/?EIO=4&transport=polling', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}
