// Who may call, what bad input is answered with, and what machines ask (DESIGN 9, "Errors").
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROUTES } from '../../apps/api/dist/http/routes/index.js';
import { createRestRig } from './rest-rig.js';
import type { RestRig } from './rest-rig.js';

let rig: RestRig;
beforeAll(async () => {
  rig = await createRestRig();
});
afterAll(async () => rig[Symbol.asyncDispose]());

describe('credentials and roles', () => {
  const matrix = ROUTES.map(({ method, path, roles }) => ({ method, path, roles }));

  test.each(matrix)('$method $path is 401 without a token and 403 for every role it does not name', async (route) => {
    const path = route.path.replaceAll(/:\w+/g, randomUUID());
    const { body, headers } = await rig.agent[route.method](path).expect(401);
    expect(body.error.code).toBe('CREDENTIALS_MISSING');
    expect(headers['www-authenticate']).toBe('Bearer');
    const roles = ['agent', 'admin', 'service', 'operator'] as const;
    for (const role of roles) {
      const may = route.roles.includes(role) || (role === 'admin' && route.roles.includes('agent'));
      const { status } = await rig.agent[route.method](path).set('authorization', `Bearer ${await rig.token(role)}`);
      if (!may) expect([role, status]).toEqual([role, 403]);
      else expect([200, 201, 400, 404, 410]).toContain(status);
    }
  });

  test('failed credentials are limited to 20 a minute and address; good ones are not', async () => {
    await using own = await createRestRig({ trustProxy: true });
    const wrong = () =>
      own.agent.get('/api/tickets').set('x-forwarded-for', '203.0.113.9').set('authorization', 'Bearer x');
    for (let n = 0; n < 20; n++) await wrong().expect(401);
    const { body, headers } = await wrong().expect(429);
    expect(body.error).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    await (await own.as()).get('/api/tickets').set('x-forwarded-for', '203.0.113.9').expect(200);
    await own.agent
      .get('/api/tickets')
      .set('x-forwarded-for', '203.0.113.10')
      .set('authorization', 'Bearer x')
      .expect(401);
  });

  test('a valid token of a tenant that does not exist is 403 TENANT_UNKNOWN', async () => {
    const { body } = await (await rig.as('agent', { tenantId: 'nobody' })).get('/api/tickets').expect(403);
    expect(body.error.code).toBe('TENANT_UNKNOWN');
  });

  test('a revoked token is refused at once; another’s jti takes an admin', async () => {
    const jti = randomUUID();
    const me = await rig.as('agent', { jti });
    await me.post('/api/auth/revoke', { jti: 'of-another' }).expect(403);
    await me.post('/api/auth/revoke', { jti }).expect(200);
    const { body } = await me.get('/api/tickets').expect(401);
    expect(body.error.code).toBe('TOKEN_REVOKED');
    await (await rig.as('admin')).post('/api/auth/revoke', { jti: 'of-another' }).expect(200);
  });

  test('a socket ticket is given to any role', async () => {
    const { body } = await (await rig.as('service')).post('/api/ws-ticket').expect(201);
    expect(body.ticket).toEqual(expect.any(String));
    expect(Date.parse(body.expiresAt)).toBeGreaterThan(Date.now());
  });
});

describe('bad input', () => {
  test('an id that is malformed, unknown or carries NUL is 404 in the error shape', async () => {
    const me = await rig.as();
    for (const id of ['x', randomUUID(), '%00', '%2e%2e', "'--", '%F0%9F']) {
      const { body, status, headers } = await me.get(`/api/tickets/${id}`);
      expect([id, status, body.error.code]).toEqual([id, 404, 'NOT_FOUND']);
      expect(headers['x-trace-id']).toBe(body.error.traceId);
    }
    await me.get('/api/tickets/%ff').expect(404);
    await (await rig.as('admin')).get('/api/trace/%00').expect(404);
  });

  test.each([
    ['unknown query value', '/api/tickets?status=NOPE', 'status'],
    ['limit above the maximum', '/api/tickets?limit=201', 'limit'],
    ['NUL in a query', '/api/tickets?q=a%00b', 'query.q'],
    ['a repeated parameter', '/api/tickets?q=a&q=b', 'q'],
  ])('%s is 400 VALIDATION_FAILED and names the path', async (_, path, wrong) => {
    const { body } = await (await rig.as()).get(path).expect(400);
    expect(body.error.code).toBe('VALIDATION_FAILED');
    expect(body.error.details[0].path).toContain(wrong);
    expect(body.error.details[0]).toMatchObject({ code: expect.any(String), message: expect.any(String) });
  });

  test.each([
    ['{', 400, 'BODY_INVALID'],
    ['['.repeat(65) + ']'.repeat(65), 400, 'BODY_TOO_DEEP'],
    ['"text"', 400, 'VALIDATION_FAILED'],
    [String.raw`{"name":"a\u0000b"}`, 400, 'VALIDATION_FAILED'],
    [String.raw`{"name":"a\ud800b"}`, 400, 'VALIDATION_FAILED'],
    ['{"name":"x","__proto__":{"isDefault":true},"no":1}', 400, 'VALIDATION_FAILED'],
    [JSON.stringify({ name: 'x'.repeat(1_100_000) }), 413, 'BODY_TOO_LARGE'],
  ])('a body %#: never a 500', async (text, status, code) => {
    const { body } = await (
      await rig.as('admin')
    )
      .post('/api/queues')
      .set('content-type', 'application/json')
      .send(text)
      .expect(status);
    expect(body.error.code).toBe(code);
  });

  test('bodies may be gzipped; other types and encodings are 415', async () => {
    const me = await rig.as('admin');
    const packed = gzipSync(JSON.stringify({ name: `Gzip ${rig.random()}` }));
    const post = me.post('/api/queues').set('content-type', 'application/json').set('content-encoding', 'gzip');
    await post
      .serialize((body: unknown) => body as string)
      .send(packed)
      .expect(201);
    await me.post('/api/queues').set('content-type', 'text/html').send('x').expect(415);
  });

  test('a known path with another method is 405 with Allow; an unknown path is 404 in the same shape', async () => {
    const { body, headers } = await rig.agent.delete('/api/queues').expect(405);
    expect(body.error.code).toBe('METHOD_NOT_ALLOWED');
    expect(headers.allow).toBe('GET, POST, HEAD');
    expect((await rig.agent.get('/api/nothing').expect(404)).body.error.code).toBe('NOT_FOUND');
  });

  test('the trace id comes from traceparent or x-request-id, and goes back', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const given = await rig.agent.get('/healthz').set('traceparent', `00-${trace}-00f067aa0ba902b7-01`);
    expect(given.headers['x-trace-id']).toBe(trace);
    expect((await rig.agent.get('/healthz').set('x-request-id', 'mine-1')).headers['x-trace-id']).toBe('mine-1');
    const odd = await rig.agent.get('/healthz').set('x-request-id', 'a b<script>');
    expect(odd.headers['x-trace-id']).toMatch(/^[\da-f]{32}$/);
  });

  test('nothing personal stands in the log, whatever a path or a query holds', async () => {
    const me = await rig.as();
    await me.get('/api/tickets/5511999999999@s.whatsapp.net?q=+5511999999999').expect(404);
    await me.get('/api/contacts/wamid.HBgNNTUxMTk5OTk5OTk5OQ').expect(404);
    expect(rig.lines.length).toBeGreaterThan(0);
    expect(rig.lines.join('')).not.toMatch(/5511999999999|HBgN|eyJ/);
  });
});

describe('operations', () => {
  test('healthz needs no database; readyz asks it for at most a second', async () => {
    await rig.agent.get('/readyz').expect(200);
    const { pool } = rig.ctx.db;
    const ask = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
    const thaw = new AbortController();
    const own: unknown = Reflect.get(pool, 'query');
    Reflect.set(pool, 'query', (...args: unknown[]) => once(thaw.signal, 'abort').then(() => ask(...args)));
    try {
      await rig.agent.get('/healthz').expect(200);
      const { headers } = await rig.agent.get('/readyz').expect(503);
      expect(headers['retry-after']).toBe('1');
    } finally {
      Reflect.set(pool, 'query', own);
      thaw.abort();
    }
  });

  test('metrics are open outside production, and ask for METRICS_TOKEN when it is set', async () => {
    const { text } = await rig.agent.get('/metrics').expect(200);
    expect(text).toContain('whatsapp_webhook_events_total{result="accepted",reason="ok",payload_type="message"}');
    await using own = await createRestRig({ metricsToken: 'a-token-for-metrics' });
    await own.agent.get('/metrics').expect(401);
    await own.agent.get('/metrics').set('authorization', 'Bearer wrong').expect(401);
    await own.agent.get('/metrics').set('authorization', 'Bearer a-token-for-metrics').expect(200);
  });

  test('openapi.json names every route with its answers', async () => {
    const { body } = await rig.agent.get('/openapi.json').expect(200);
    expect(body.openapi).toBe('3.1.0');
    for (const { method, path, response } of ROUTES) {
      const operation = body.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method];
      expect(operation?.responses, `${method} ${path}`).toHaveProperty([String(response.status)]);
      expect(operation.responses).toHaveProperty('401');
    }
    const ids = Object.values<Record<string, { operationId: string }>>(body.paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('only allowed origins may read answers', async () => {
    await using own = await createRestRig({ corsOrigins: ['https://inbox.example'] });
    const from = (origin: string) => own.agent.get('/healthz').set('origin', origin);
    expect((await from('https://inbox.example')).headers['access-control-allow-origin']).toBe('https://inbox.example');
    expect((await from('https://evil.example')).headers['access-control-allow-origin']).toBeUndefined();
    expect((await rig.agent.get('/healthz').set('origin', 'http://localhost:3000')).headers).toHaveProperty(
      'access-control-allow-origin',
    );
  });
});
