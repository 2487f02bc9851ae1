// A made-up credential on the door that names no instance: nothing large is parsed for it, and whoever has a good one is let in as ever.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootWebhooks, envelope, unique, type WebhookRig } from '../e2e/webhook-rig.js';

let rig: WebhookRig;
beforeAll(async () => {
  rig = await bootWebhooks();
});
afterAll(() => rig.close());

const PAD = 'x'.repeat(70_000);
let address = 0;

async function post(text: string, key: string): Promise<number> {
  const forwarded = `10.3.${Math.floor((address += 1) / 250)}.${address % 250}`;
  return (await rig.webhook(text, { headers: { 'x-api-key': key, 'x-forwarded-for': forwarded } })).status;
}
function large(instanceId: string): string {
  return JSON.stringify({ pad: PAD, ...envelope({ instanceId }) });
}

describe('a large body', () => {
  test('with a made-up key is refused unread: not even that it is no JSON is told', async () => {
    expect(await post(`{"pad":"${PAD}"`, 'made up')).toBe(401);
    expect(await post(large('demo'), 'made up')).toBe(401);
    expect(await post(large(unique('nobody')), 'made up')).toBe(401);
    expect(await post(`{"pad":"${PAD}"`, rig.ctx.secrets.webhookApiKey ?? '')).toBe(400);
  });

  test('with the credential of the instance it names is taken, however the name is spelled', async () => {
    const instanceId = await rig.createInstance({ apiKey: 'a key of its own, long enough' });
    expect(await post(large(instanceId), 'a key of its own, long enough')).toBe(202);
    const escaped = large(instanceId).replace(
      `"${instanceId}"`,
      `"\\u${instanceId.charCodeAt(0).toString(16).padStart(4, '0')}${instanceId.slice(1)}"`,
    );
    expect(escaped).not.toContain(`"${instanceId}"`);
    expect(await post(escaped, 'a key of its own, long enough')).toBe(202);
    expect(await post(large(instanceId), 'a key of another')).toBe(401);
  });

  test('whose first names are those of others is still let in by its own', async () => {
    const instanceId = await rig.createInstance({ apiKey: 'another key, long enough' });
    const others = { pad: PAD, quoted: [{ instanceId: 'demo' }, { sessionId: unique('nobody') }] };
    expect(await post(JSON.stringify({ ...others, ...envelope({ instanceId }) }), 'another key, long enough')).toBe(
      202,
    );
  });

  test('that names an instance by NUL or nonsense is refused, not failed', async () => {
    expect(await post(`{"pad":"${PAD}","instanceId":"a\\u0000b"}`, 'made up')).toBe(401);
    expect(await post(`{"pad":"${PAD}","instanceId":"\\q"}`, 'made up')).toBe(401);
    expect(await post(`{"pad":"${PAD}","instanceId":1e400}`, 'made up')).toBe(401);
    expect(await post(`{"pad":"${PAD}","instanceId":"\\ud83d"}`, 'made up')).toBe(401);
  });
});
