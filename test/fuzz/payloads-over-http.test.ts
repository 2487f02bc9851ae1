// Spoiled payloads at the door of a real service: every answer is a 2xx or a 4xx, and afterwards it is as well as before.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMetered, type MeteredService } from './support/metered-service.js';
import { mutant } from './support/mutator.js';
import { createRandom } from './support/random.js';

const SEED = Number(process.env['FUZZ_SEED'] ?? 11);
const COUNT = Number(process.env['FUZZ_COUNT'] ?? (process.env['FUZZ_ALL'] === '1' ? 1_500 : 600));
const MOST_OWN_MS = 75;
const PATHS = ['/api/webhooks/whatsapp', '/api/webhooks/whatsapp/demo', '/api/webhooks/whatsapp/demo/messages-upsert'];

let service: MeteredService;
beforeAll(async () => {
  service = await startMetered();
});
afterAll(() => service[Symbol.asyncDispose]());

async function deliver(index: number): Promise<number> {
  const body = new Uint8Array(mutant(createRandom(SEED, index)));
  for (let attempt = 0; ; attempt++) {
    const { status, text } = await service.post(body, { path: PATHS[index % PATHS.length] ?? '' });
    if (status === 503 && attempt < 5) continue;
    expect(status, `payload ${index} of seed ${SEED}: ${text}`).toBeLessThan(500);
    return status;
  }
}

test(
  `${COUNT} spoiled payloads: no 5xx, no poison, no stall, and a good one is stored after them`,
  async () => {
    await service.stall();
    const statuses = new Map<number, number>();
    let next = 0;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        while (next < COUNT) {
          const status = await deliver(next++);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      }),
    );
    expect((await service.stall()).ownMs).toBeLessThan(MOST_OWN_MS);
    expect(service.errors().filter((line) => !line.includes('"UNAVAILABLE"'))).toEqual([]);
    // Of everything that was spoiled a good part is taken, and a good part is not.
    expect(statuses.get(202) ?? 0).toBeGreaterThan(COUNT / 4);
    expect((statuses.get(400) ?? 0) + (statuses.get(422) ?? 0)).toBeGreaterThan(COUNT / 20);

    const admin = { authorization: `Bearer ${await service.token({ roles: ['admin'] })}` };
    const { text } = await service.request('/api/dead-letters?limit=5', { headers: admin });
    expect((JSON.parse(text) as { data: unknown[] }).data).toEqual([]);
    const today = new Date().toISOString().slice(0, 10);
    const audit = await service.request(`/api/ledger/audit?from=${today}`, { headers: admin });
    for (const row of (JSON.parse(audit.text) as { data: { unexplained: number }[] }).data)
      expect(row.unexplained).toBe(0);
    const good =
      '{"id":"good","type":"MESSAGE_INBOUND","instanceId":"demo","payload":{"contact":{"phone":"+5511974000001"},"metadata":{},"message":{"conversation":"x"}}}';
    expect(JSON.parse((await service.post(good)).text)).toMatchObject({ accepted: true, queued: 1 });
  },
  Math.max(120_000, COUNT * 20),
);
