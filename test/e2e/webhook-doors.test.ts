// The webhook doors: who may post (DESIGN 4.1, clients "Brokers posting").
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { body, bootDoors, KEY, SHARED, type DoorRig, type Headers } from './door-rig.js';
import { countsOf, envelope, unique } from './webhook-rig.js';

const SECRETS = ['the-new-hmac-secret-0123', 'the-old-hmac-secret-0123'];
let rig: DoorRig;

beforeAll(async () => {
  rig = await bootDoors();
});
afterAll(() => rig.close());

function sign(secret: string, body: string | Uint8Array): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

describe('credentials', () => {
  test.each(SHARED)('%s takes the key as X-API-Key, Authorization: Bearer or X-Authorization', async (path) => {
    for (const headers of [
      { 'x-api-key': KEY },
      { authorization: `Bearer ${KEY}` },
      { authorization: `bearer ${KEY}` },
      { 'x-authorization': KEY },
      { 'x-authorization': `Bearer ${KEY}` },
    ] as Headers[]) {
      expect(countsOf(await rig.post(path, body(), headers))).toEqual({ queued: 1 });
    }
  });

  test.each(['X-Signature-SHA256', 'X-Webhook-Signature', 'X-Webhook-Signature-SHA256', 'X-Signature'])(
    '%s carries the HMAC of the raw body, with or without sha256=, in any case',
    async (header) => {
      for (const write of [
        (hex: string) => hex,
        (hex: string) => `sha256=${hex}`,
        (hex: string) => hex.toUpperCase(),
        (hex: string) => `SHA256=${hex.toUpperCase()}`,
      ]) {
        const bytes = body();
        const signature = write(sign('installation-hmac-secret', bytes));
        expect(countsOf(await rig.post(SHARED[0] ?? '', bytes, { [header]: signature }))).toEqual({ queued: 1 });
      }
    },
  );

  test('a signature covers the bytes: escapes and a trailing newline make another signature', async () => {
    const bytes = `${body().replace('Oi!', 'Ol\\u00e1 \\/')}\n`;
    const right = sign('installation-hmac-secret', bytes);
    const wrong = sign('installation-hmac-secret', JSON.stringify(JSON.parse(bytes)));
    expect((await rig.post(SHARED[0] ?? '', bytes, { 'x-signature': right })).status).toBe(202);
    expect((await rig.post(SHARED[0] ?? '', bytes, { 'x-signature': wrong })).status).toBe(401);
  });

  test.each<[string, Headers]>([
    ['a short signature', { 'x-signature': 'abcd' }],
    ['a long one', { 'x-signature': 'a'.repeat(66) }],
    ['no hex', { 'x-signature': 'z'.repeat(64) }],
    ['an empty one', { 'x-signature': '' }],
    ['another secret', { 'x-signature': sign('somebody-else', 'x') }],
    ['a wrong key', { 'x-api-key': 'wrong' }],
    ['the key in another case', { 'x-api-key': KEY.toUpperCase() }],
    ['a prefix of the key', { 'x-api-key': KEY.slice(0, -1) }],
    ['a wrong bearer', { authorization: 'Bearer wrong' }],
    ['a basic credential', { authorization: 'Basic YTpi' }],
    ['nothing', {}],
  ])('%s is 401 and stores nothing', async (_, headers) => {
    const event = envelope();
    const answer = await rig.post(SHARED[0] ?? '', JSON.stringify(event), headers);
    expect(answer.status).toBe(401);
    expect(answer.body.error).toMatchObject({ retryable: false });
    expect(await rig.ledgerOf(event.id)).toEqual([]);
  });

  test('an instance with a key of its own is not opened by the installation’s key, on either kind of door', async () => {
    const apiKey = 'key-of-the-instance-0';
    const instanceId = await rig.createInstance({ apiKey });
    for (const path of [...SHARED, `${SHARED[0]}/${instanceId}`, `${SHARED[0]}/${instanceId}/messages-upsert`]) {
      expect((await rig.post(path, body(instanceId), { 'x-api-key': KEY })).status).toBe(401);
      expect(countsOf(await rig.post(path, body(instanceId), { 'x-api-key': apiKey }))).toEqual({ queued: 1 });
    }
  });

  test('an instance’s key opens no other instance', async () => {
    const apiKey = 'key-of-the-instance-1';
    await rig.createInstance({ apiKey });
    const other = await rig.createInstance({ apiKey: 'key-of-the-instance-2' });
    for (const instanceId of [other, 'demo', unique('nobody')]) {
      expect((await rig.post(SHARED[0] ?? '', body(instanceId), { 'x-api-key': apiKey })).status).toBe(401);
      expect((await rig.post(`${SHARED[0]}/${instanceId}`, body(instanceId), { 'x-api-key': apiKey })).status).toBe(
        401,
      );
    }
  });

  test('an instance with hmacSecrets demands a valid signature on every door, and takes both while they rotate', async () => {
    const apiKey = 'key-of-the-instance-3';
    const instanceId = await rig.createInstance({ apiKey, hmacSecrets: SECRETS });
    for (const path of [...SHARED, `${SHARED[0]}/${instanceId}`]) {
      expect((await rig.post(path, body(instanceId), { 'x-api-key': apiKey })).status).toBe(401);
      expect((await rig.post(path, body(instanceId), { 'x-api-key': KEY })).status).toBe(401);
      for (const secret of SECRETS) {
        const bytes = body(instanceId);
        expect((await rig.post(path, bytes, { 'x-signature': sign(secret, bytes) })).status).toBe(202);
      }
      const bytes = body(instanceId);
      expect((await rig.post(path, bytes, { 'x-signature': sign('the-hmac-secret-before', bytes) })).status).toBe(401);
    }
  });

  test('a delivery that names an instance the credential does not open is refused whole', async () => {
    const apiKey = 'key-of-the-instance-4';
    const instanceId = await rig.createInstance({ apiKey });
    const mine = envelope({ instanceId });
    const answer = await rig.post(SHARED[0] ?? '', JSON.stringify([mine, envelope()]), { 'x-api-key': apiKey });
    expect(answer.status).toBe(401);
    expect(await rig.ledgerOf(mine.id)).toEqual([]);
  });

  test('one poison item never fails its neighbours, also when an instance’s own key opens the shared door', async () => {
    const apiKey = 'key-of-the-instance-5';
    const instanceId = await rig.createInstance({ apiKey });
    const answer = await rig.post(SHARED[0] ?? '', JSON.stringify([envelope({ instanceId }), 7, {}]), {
      'x-api-key': apiKey,
    });
    expect(countsOf(answer)).toEqual({ queued: 1, rejected: 2 });
  });

  test('an item that names no instance opens nothing for an instance’s key', async () => {
    const apiKey = 'key-of-the-instance-6';
    await rig.createInstance({ apiKey });
    for (const bytes of ['{}', '[]', '[7]', 'null']) {
      expect((await rig.post(SHARED[0] ?? '', bytes, { 'x-api-key': apiKey })).status).toBe(401);
    }
  });

  test('a body that names another instance than the path is rejected as instance_mismatch', async () => {
    const event = envelope({ instanceId: 'instance-42' });
    const answer = await rig.post(`${SHARED[0]}/demo`, JSON.stringify(event), { 'x-api-key': KEY });
    expect(answer.status).toBe(422);
    expect(answer.body.error.details).toEqual([
      expect.objectContaining({ path: 'instanceId', code: 'instance_mismatch' }),
    ]);
  });

  test('20 failures a minute, then 429 with Retry-After, while good credentials still pass', async () => {
    const address = '10.9.9.9';
    for (let n = 0; n < 20; n += 1) {
      expect((await rig.post(SHARED[0] ?? '', body(), { 'x-api-key': 'wrong' }, address)).status).toBe(401);
    }
    const limited = await rig.post(SHARED[0] ?? '', body(), { 'x-api-key': 'wrong' }, address);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(limited.body.error).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    expect((await rig.post(SHARED[0] ?? '', body(), { 'x-api-key': KEY }, address)).status).toBe(202);
    expect((await rig.post(SHARED[0] ?? '', body(), { 'x-api-key': 'wrong' })).status).toBe(401);
  });
});

describe('nothing configured', () => {
  test('means refuse: 403 on every door, except to an instance’s own credential', async () => {
    const apiKey = 'key-of-the-instance-7';
    const instanceId = await rig.createInstance({ apiKey });
    const { webhookApiKey, webhookHmacSecrets } = rig.ctx.secrets;
    Object.assign(rig.ctx.secrets, { webhookApiKey: null, webhookHmacSecrets: [] });
    try {
      for (const path of [...SHARED, `${SHARED[0]}/demo`]) {
        const answer = await rig.post(path, body(), { 'x-api-key': KEY });
        expect(answer.status).toBe(403);
        expect(answer.body.error.code).toBe('WEBHOOK_NOT_CONFIGURED');
      }
      const unknown = await rig.post(SHARED[0] ?? '', body(unique('nobody')), { 'x-api-key': KEY });
      expect(unknown.status).toBe(403);
      expect((await rig.post(SHARED[0] ?? '', body(instanceId), { 'x-api-key': apiKey })).status).toBe(202);
      expect((await rig.post(SHARED[0] ?? '', body(instanceId), { 'x-api-key': '' })).status).toBe(401);
    } finally {
      Object.assign(rig.ctx.secrets, { webhookApiKey, webhookHmacSecrets });
    }
  });
});
