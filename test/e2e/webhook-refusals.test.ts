// What the webhook doors refuse before they read it, with which status, and the handshake (DESIGN 4.2, 9).
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { body, bootDoors, freshAddress, KEY, SHARED, VERIFY, type DoorRig } from './door-rig.js';
import { envelope, unique } from './webhook-rig.js';

let rig: DoorRig;

beforeAll(async () => {
  rig = await bootDoors();
});
afterAll(() => rig.close());

describe('before anything is parsed', () => {
  const key = { 'x-api-key': KEY };

  test('a body above the limit is 413, told or streamed or unpacked', async () => {
    const large = JSON.stringify({ pad: 'x'.repeat(4_194_304) });
    expect((await rig.post(SHARED[0] ?? '', large, key)).status).toBe(413);
    const bomb = gzipSync(Buffer.alloc(20_000_000, 32));
    const answer = await rig.post(SHARED[0] ?? '', bomb, { ...key, 'content-encoding': 'gzip' });
    expect(answer.status).toBe(413);
    expect(answer.body.error.code).toBe('BODY_TOO_LARGE');
  });

  test('an instance may take up to 32 MB of its own', async () => {
    const instanceId = await rig.createInstance(null, { limits: { maxBodyBytes: 8_000_000 } });
    const event = { ...envelope({ instanceId }), pad: 'x'.repeat(5_000_000) };
    expect((await rig.post(`${SHARED[0]}/${instanceId}`, JSON.stringify(event), key)).status).toBe(202);
    expect((await rig.post(SHARED[0] ?? '', JSON.stringify(event), key)).status).toBe(413);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1'])(
    '%s is 415',
    async (type) => {
      expect((await rig.post(SHARED[0] ?? '', body(), { ...key, 'content-type': type })).status).toBe(415);
    },
  );

  test('an unknown encoding is 415; gzip is unpacked; what does not unpack is 400', async () => {
    expect((await rig.post(SHARED[0] ?? '', body(), { ...key, 'content-encoding': 'br' })).status).toBe(415);
    expect((await rig.post(SHARED[0] ?? '', gzipSync(body()), { ...key, 'content-encoding': 'gzip' })).status).toBe(
      202,
    );
    expect((await rig.post(SHARED[0] ?? '', 'no gzip', { ...key, 'content-encoding': 'gzip' })).status).toBe(400);
  });

  test.each(['', '{', '{"a":1}}', 'undefined', "{'a':1}", '{"a":1,}', '\u0000', '"\u0001"', '[1 2]'])(
    'invalid JSON %j is 400',
    async (bytes) => {
      const answer = await rig.post(SHARED[0] ?? '', bytes, key);
      expect(answer.status).toBe(400);
      expect(answer.body.error.code).toBe('BODY_INVALID');
    },
  );

  test('nesting deeper than 64 is 400, also when it is two million brackets', async () => {
    for (const depth of [65, 2_000_000]) {
      const answer = await rig.post(SHARED[0] ?? '', '['.repeat(depth), key);
      expect(answer.status).toBe(400);
      expect(answer.body.error.code).toBe('BODY_TOO_DEEP');
    }
  });

  test('another method is 405 with Allow', async () => {
    for (const path of [...SHARED, `${SHARED[0]}/demo`, `${SHARED[0]}/demo/messages-upsert`]) {
      const answer = await fetch(rig.url + path, { method: 'PUT', headers: key });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
    }
  });

  test.each(['%00', 'a%00b', '%zz', '%ff', '..%2f..', 'x'.repeat(3000), '%F0%9F%98%80', "'--"])(
    'a path that names %s is no 5xx',
    async (name) => {
      for (const path of [`${SHARED[0]}/${name}`, `${SHARED[0]}/demo/${name}`]) {
        const answer = await rig.post(path, JSON.stringify({ ...envelope(), instanceId: undefined }), key);
        expect([202, 400, 404, 422]).toContain(answer.status);
      }
      const handshake = await fetch(`${rig.url}${SHARED[0]}/${name}?hub.mode=subscribe&hub.challenge=1`);
      expect(handshake.status).toBeLessThan(500);
    },
  );
});

describe('the handshake', () => {
  async function shake(query: string, path = SHARED[0] ?? '') {
    const answer = await fetch(`${rig.url}${path}?${query}`, { headers: { 'x-forwarded-for': freshAddress() } });
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  }

  test.each(SHARED)('%s answers the challenge as plain text when the token matches', async (path) => {
    const answer = await shake(`hub.mode=subscribe&hub.verify_token=${VERIFY}&hub.challenge=1158201444`, path);
    expect(answer).toMatchObject({ status: 200, text: '1158201444' });
    expect(answer.type).toContain('text/plain');
  });

  test('an instance is shaken by its own token', async () => {
    const instanceId = await rig.createInstance({ verifyToken: 'token-of-the-instance' });
    const path = `${SHARED[0]}/${instanceId}`;
    const query = (token: string) => `hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=7`;
    expect(await shake(query('token-of-the-instance'), path)).toMatchObject({ status: 200, text: '7' });
    expect((await shake(query(VERIFY), path)).status).toBe(403);
    expect((await shake(query('token-of-the-instance'))).status).toBe(403);
  });

  test.each([
    ['a wrong token', 403, 'hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1'],
    ['no token', 403, 'hub.mode=subscribe&hub.challenge=1'],
    ['two tokens', 403, `hub.mode=subscribe&hub.verify_token=${VERIFY}&hub.verify_token=x&hub.challenge=1`],
    ['no challenge', 400, `hub.mode=subscribe&hub.verify_token=${VERIFY}`],
    ['two challenges', 400, `hub.mode=subscribe&hub.verify_token=${VERIFY}&hub.challenge=1&hub.challenge=2`],
    ['a huge challenge', 400, `hub.mode=subscribe&hub.verify_token=${VERIFY}&hub.challenge=${'9'.repeat(5000)}`],
    ['no mode', 400, `hub.verify_token=${VERIFY}&hub.challenge=1`],
    ['no instance of that name', 403, `hub.mode=subscribe&hub.verify_token=${VERIFY}&hub.challenge=1`],
  ])('%s is %i', async (what, status, query) => {
    const path = what.startsWith('no instance') ? `${SHARED[0]}/${unique('nobody')}` : SHARED[0];
    expect((await shake(query, path)).status).toBe(status);
  });
});
