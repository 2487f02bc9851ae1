// The largest bodies there are: 32 MB of an instance that may, and what REST takes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOSTILE_BODIES } from './support/hostile-bodies.js';
import { startMetered, type MeteredService } from './support/metered-service.js';

/** At 32 MB a collection of garbage counts too, and what is taken is copied to the database in one piece: five milliseconds a megabyte. */
const MOST_OWN_MS = 300;

/** Those that differ at this size; the others by FUZZ_ALL=1. */
const SOME =
  process.env['FUZZ_ALL'] === '1'
    ? /^(different|numbers$|objects|secrets|quotes|blanks|a history$)/
    : /^(different keys$|numbers$|secrets|a history$)/;

let service: MeteredService;
let headers: Record<string, string>;
beforeAll(async () => {
  service = await startMetered();
  headers = {
    authorization: `Bearer ${await service.token({ roles: ['admin'] })}`,
    'content-type': 'application/json',
  };
  const instance = { instanceId: 'big', broker: 'canonical', limits: { maxBodyBytes: 33_554_432 } };
  const { status } = await service.request('/api/whatsapp/instances', {
    method: 'POST',
    headers,
    body: JSON.stringify(instance),
  });
  expect(status).toBe(201);
});
afterAll(() => service[Symbol.asyncDispose]());

describe('32 MB', () => {
  const some = HOSTILE_BODIES.filter(({ name }) => SOME.test(name));

  test.each(some)('$name is refused, and nobody waits for it', async (hostile) => {
    const bytes = hostile.make(33_000_000, 'big');
    await service.stall();
    const { status } = await service.post(new Uint8Array(bytes), { path: '/api/webhooks/whatsapp/big' });
    expect([400, 413]).toContain(status);
    expect((await service.stall()).ownMs).toBeLessThan(MOST_OWN_MS);
  });

  test('media in base64 is taken', async () => {
    const event = `{"id":"media","type":"MESSAGE_INBOUND","instanceId":"big","payload":{"contact":{"phone":"+5511977770001"},"metadata":{},"message":{"conversation":"x"},"base64":"${'QUJD'.repeat(8_000_000)}"}}`;
    await service.stall();
    let answer = await service.post(event, { path: '/api/webhooks/whatsapp/big' });
    for (let n = 0; n < 5 && answer.status === 503; n++)
      answer = await service.post(event, { path: '/api/webhooks/whatsapp/big' });
    expect(answer.status).toBe(202);
    expect((await service.stall()).ownMs).toBeLessThan(MOST_OWN_MS);
  });
});

describe('REST', () => {
  function fill(open: string, make: (n: number) => string, close: string): string {
    const parts: string[] = [];
    for (let size = 0; size < 520_000; size += (parts.at(-1)?.length ?? 0) + 1) parts.push(make(parts.length));
    return open + parts.join(',') + close;
  }

  test.each<[string, number, string]>([
    ['different keys', 413, fill('{"phone":"+5511971111111","metadata":{', (n) => `"k${n.toString(36)}":1`, '}}')],
    ['numbers', 201, fill('{"phone":"+5511971111112","metadata":{"a":[', (n) => String(n % 10), ']}}')],
    ['texts', 201, fill('{"phone":"+5511971111113","metadata":{"a":[', (n) => `"${n}"`, ']}}')],
    ['objects', 201, fill('{"phone":"+5511971111114","metadata":{"a":[', (n) => `{"a${n % 97}":"${n}"}`, ']}}')],
  ])('half a megabyte of %s stalls nobody', async (_, expected, body) => {
    await service.stall();
    const { status } = await service.request('/api/contacts', { method: 'POST', headers, body });
    expect(status).toBe(expected);
    expect((await service.stall()).ownMs).toBeLessThan(MOST_OWN_MS);
  });
});
