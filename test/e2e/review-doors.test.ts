// The doors under hostile hands: what one connection, one token, one cursor may do to the service or to another tenant.
import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROUTES } from '../../apps/api/dist/http/routes/index.js';
import { bootService, type Rig } from '../support/boot.js';
import { until } from './realtime-rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await bootService();
});
afterAll(async () => rig.close());

/** A WebSocket to which Socket.IO packets are written by hand. */
async function rawSocket() {
  const { io: manager } = io(rig.url, { transports: ['websocket'], autoConnect: false, reconnection: false });
  await new Promise<void>((resolve, reject) => manager.open((error) => (error ? reject(error) : resolve())));
  const { engine } = manager;
  const texts: string[] = [];
  let code: number | undefined;
  engine.on('data', (text: string) => void texts.push(text));
  engine.on('close', (_reason, details) => {
    if (details && 'context' in details) ({ code } = details.context as { code: number });
  });
  return { send: (packet: string) => void engine.write(packet), texts, code: () => code, end: () => engine.close() };
}

describe('one connection', () => {
  test('holds one session of a namespace, however often it asks', async () => {
    const raw = await rawSocket();
    const connect = `0${JSON.stringify({ token: await rig.token() })}`;
    for (let n = 0; n < 50; n++) raw.send(connect);
    await until(() => raw.code() !== undefined);
    expect(raw.code()).toBe(4429);
    expect(raw.texts.filter((text) => text.includes('"ready"')).length).toBeLessThanOrEqual(1);
  });

  test('may leave and sit down again', async () => {
    const raw = await rawSocket();
    const connect = `0${JSON.stringify({ token: await rig.token() })}`;
    const readies = (): number => raw.texts.filter((text) => text.includes('"ready"')).length;
    raw.send(connect);
    await until(() => readies() === 1);
    raw.send('1');
    await until(async () => (await rig.ctx.metrics.render()).includes('recado_sockets{contract="recado"} 0'));
    raw.send(connect);
    await until(() => readies() === 2);
    raw.end();
  });

  test('is closed after ten wrong tokens', async () => {
    const raw = await rawSocket();
    const refusals = (): number => raw.texts.filter((text) => text.startsWith('4')).length;
    for (let n = 1; n <= 10; n++) {
      raw.send(`0${JSON.stringify({ token: `wst_${n}` })}`);
      await until(() => refusals() === n);
    }
    raw.send(`0${JSON.stringify({ token: await rig.token() })}`);
    await until(() => raw.code() !== undefined);
    expect(raw.code()).toBe(4429);
    expect(raw.texts.some((text) => text.includes('"ready"'))).toBe(false);
  });
});

describe('a client that offers another protocol with every request', () => {
  test('is answered over HTTP/1.1, its body whole, however it arrives', async () => {
    const body = JSON.stringify({
      id: 'wamid-h2c',
      type: 'MESSAGE_INBOUND',
      instanceId: 'demo',
      payload: { contact: { phone: '+5511977776666' }, message: { conversation: 'x'.repeat(100_000) } },
    });
    const client = net.connect(Number(new URL(rig.url).port), '127.0.0.1');
    let answer = '';
    client.on('data', (data: Buffer) => (answer += data.toString()));
    const request = [
      'POST /api/webhooks/whatsapp HTTP/1.1',
      'Host: recado',
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA',
      'Content-Type: application/json',
      `X-API-Key: ${rig.ctx.secrets.webhookApiKey}`,
      `Content-Length: ${body.length}`,
    ].join('\r\n');
    client.write(`${request}\r\n\r\n${body.slice(0, 10)}`);
    client.write(body.slice(10));
    await until(() => answer.includes('\r\n\r\n'));
    expect(answer).toContain('HTTP/1.1 202');
    // The connection goes on as any other.
    answer = '';
    client.write('GET /healthz HTTP/1.1\r\nHost: recado\r\n\r\n');
    await until(() => answer.includes('"ok":true'));
    client.destroy();
  });
});

describe('input that a database would refuse is never a 5xx', () => {
  const cursor = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
  const nobody = '00000000-0000-4000-8000-000000000000';
  test.each([
    [`/api/agents?cursor=${cursor(['\0'])}`, 400],
    ['/api/ledger/audit?from=0000-01-01', 400],
    [`/api/tickets?cursor=${cursor([null, nobody])}`, 200],
    [`/api/tickets?sort=lastMessageAt&cursor=${cursor([null, nobody])}`, 200],
  ])('GET %s is %i', async (path, status) => {
    const admin = rig.api(await rig.token({ roles: ['admin'] }));
    expect((await admin(path)).status).toBe(status);
  });

  test('a token with half a character or an end beyond all calendars makes no 5xx', async () => {
    const broken = rig.api(await rig.token({ name: '\ud800' }));
    expect((await broken('/api/ws-ticket', { method: 'POST' })).status).toBe(401);
    const jti = randomUUID();
    const endless = rig.api(await rig.token({ jti, exp: Number.MAX_SAFE_INTEGER }));
    expect((await endless('/api/auth/revoke', { method: 'POST', json: { jti } })).status).toBe(200);
    expect((await endless('/api/tickets')).status).toBe(401);
  });
});

test.each(['/healthz', '/readyz', '/metrics', '/openapi.json'])('POST %s is 405 with Allow', async (path) => {
  const answer = await rig.api(await rig.token())(path, { method: 'POST' });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  expect(answer.body).toMatchObject({ error: { code: 'METHOD_NOT_ALLOWED' } });
});

describe('revocation', () => {
  test('of one’s own token is forgotten when the token would have ended', async () => {
    const [jti, exp] = [randomUUID(), Math.floor(Date.now() / 1000) + 600];
    const me = rig.api(await rig.token({ jti, exp }));
    expect((await me('/api/auth/revoke', { method: 'POST', json: { jti } })).status).toBe(200);
    const { rows } = await rig.ctx.db.pool.query<{ end: number }>(
      'select extract(epoch from expires_at)::float8 as end from revoked_tokens where jti = $1 and isfinite(expires_at)',
      [jti],
    );
    expect(rows).toEqual([{ end: exp }]);
  });
});

describe('every route, asked by another tenant for what is not its own', () => {
  test('answers 404 or an empty list, and changes nothing', async () => {
    const operator = rig.api(await rig.token({ roles: ['operator'] }));
    expect((await operator('/api/tenants', { method: 'POST', json: { id: 'rival', name: 'R' } })).status).toBe(201);
    await rig.webhook({
      id: 'wamid-mine',
      type: 'MESSAGE_INBOUND',
      instanceId: 'demo',
      payload: { contact: { phone: '+5511988887777', name: 'Segredo' }, message: { conversation: 'só meu' } },
    });
    const mine = rig.api(await rig.token({ roles: ['admin', 'service'] }));
    const rival = rig.api(await rig.token({ tenantId: 'rival', sub: 'r', roles: ['admin', 'service'] }));
    const [ticket] = ((await mine('/api/tickets')).body as { data: { id: string; contact: { id: string } }[] }).data;
    const ids = await ownIds(ticket?.id ?? '', ticket?.contact.id ?? '');
    const before = JSON.stringify((await mine(`/api/tickets/${ticket?.id}`)).body);

    for (const { method, path } of ROUTES.filter((route) => route.path !== '/api/tenants')) {
      for (const id of path.includes(':') ? ids : ['']) {
        const target = path.replace(/:\w+/, encodeURIComponent(id));
        const isGet = method === 'get';
        const answer = await rival(target, {
          method: method.toUpperCase(),
          ...(!isGet && { json: bodyFor(path, ids) }),
        });
        const said = JSON.stringify(answer.body);
        expect(answer.status, `${method} ${target}`).toBeLessThan(500);
        for (const secret of ['Segredo', 'só meu', '988887777']) expect(said, target).not.toContain(secret);
        if (path.includes(':')) expect(answer.status, `${method} ${target}`).toBe(404);
      }
    }
    expect(JSON.stringify((await mine(`/api/tickets/${ticket?.id}`)).body)).toBe(before);
  });

  async function ownIds(ticketId: string, contactId: string): Promise<string[]> {
    const thread = await rig.api(await rig.token())(`/api/tickets/${ticketId}/messages`);
    const messages = (thread.body as { data: { id: string }[] }).data.map(({ id }) => id);
    const queues = await rig.api(await rig.token({ roles: ['admin'] }))('/api/queues');
    const queueIds = (queues.body as { data: { id: string }[] }).data.map(({ id }) => id);
    return [ticketId, contactId, ...messages, ...queueIds, 'demo', 'wamid-mine'];
  }

  /** A body that would be right for the owner. */
  function bodyFor(path: string, [ticketId, contactId, messageId]: string[]): object {
    if (path.endsWith('/read')) return { upToMessageId: messageId };
    if (path === '/api/contacts/merge') return { contactIds: [contactId, ticketId] };
    if (path.startsWith('/api/contacts')) return { name: 'stolen' };
    if (path.startsWith('/api/tickets')) return { status: 'CLOSED' };
    if (path.startsWith('/api/queues')) return { name: 'stolen' };
    if (path.startsWith('/api/whatsapp')) return { name: 'stolen' };
    return {};
  }

  test('hears nothing on its socket, and may join nothing', async () => {
    const [ticket] = ((await rig.api(await rig.token())('/api/tickets')).body as { data: { id: string }[] }).data;
    const own = await rig.socket();
    const rival = await rig.socket({ token: await rig.token({ tenantId: 'rival', sub: 'agent-1' }) });
    await own.waitFor('ready');
    await rival.waitFor('ready');
    expect(await own.ask('join-ticket', ticket?.id)).toEqual({ ok: true });
    for (const [event, argument] of [
      ['join-tenant', 'demo'],
      ['join-tenant', { tenantId: 'demo' }],
      ['join-user', 'admin-1'],
      ['join-ticket', ticket?.id],
      ['join-ticket', { ticketId: ticket?.id }],
      ['ticket:typing', { ticketId: ticket?.id }],
    ] as const) {
      expect(await rival.ask(event, argument), event).toMatchObject({ ok: false });
    }
    await rig.webhook({
      id: 'wamid-again',
      type: 'MESSAGE_INBOUND',
      instanceId: 'demo',
      payload: { contact: { phone: '+5511988887777' }, message: { conversation: 'outra' } },
    });
    await own.waitFor('ticket.message');
    // A frame for the rival would have been written in the same tick; an answer comes after it.
    await rival.ask('join-tenant', 'rival');
    expect(rival.frames.map(({ event }) => event)).toEqual(['ready']);
    expect(own.frames.map(({ event }) => event)).not.toContain('ticket:typing');
  });
});
