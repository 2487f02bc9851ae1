// Instances nobody has registered: kept, counted, and adopted in order when they are created (DESIGN 4.1).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ago, bootWebhooks, envelope, jidOf, secondsAgo, unique, uniquePhone, update, upsert } from './webhook-rig.js';
import type { WebhookRig } from './webhook-rig.js';

let rig: WebhookRig;
beforeAll(async () => {
  rig = await bootWebhooks();
});
afterAll(() => rig.close());

async function create(instanceId: string, more: object = {}) {
  const answer = await rig.admin('/api/whatsapp/instances', {
    method: 'POST',
    json: { instanceId, broker: 'canonical', ...more },
  });
  expect(answer.status).toBe(201);
}
async function waiting(instanceId: string): Promise<number> {
  const [row] = await rig.rows(
    `select count(*)::int as n from parked_events where instance_id = $1 and kind = 'unrouted'`,
    [instanceId],
  );
  return Number(row?.['n']);
}

describe('an unknown instance', () => {
  test('is answered 202 parked and kept in the tenant _unrouted', async () => {
    const event = envelope({ instanceId: unique('nobody') });
    expect(await rig.post(event)).toEqual({ parked: 1 });
    expect(await rig.ledgerOf(event.id)).toEqual([
      { tenant_id: '_unrouted', kind: 'message', verdict: 'parked', reason: 'parked_unknown_instance' },
    ]);
    expect(await rig.rows('select 1 from messages where external_id = $1', [event.id])).toEqual([]);
  });

  test('the path may name it', async () => {
    const { instanceId: _, ...event } = envelope();
    const name = unique('nobody');
    const answer = await rig.webhook(event, { path: `/api/webhooks/whatsapp/${name}/messages-upsert` });
    expect(answer).toMatchObject({ status: 202, body: { parked: 1 } });
    expect(await waiting(name)).toBe(1);
  });

  test('a retried copy is counted as duplicate', async () => {
    const event = envelope({ instanceId: unique('nobody') });
    expect(await rig.post(event)).toEqual({ parked: 1 });
    expect(await rig.post(event)).toEqual({ duplicates: 1 });
    expect(await rig.post([event, event])).toEqual({ duplicates: 2 });
    expect(await waiting(event.instanceId)).toBe(1);
  });

  test('its neighbours in the delivery are stored', async () => {
    const [known, unknown] = [envelope(), envelope({ instanceId: unique('nobody') })];
    expect(await rig.post([known, unknown, 7])).toEqual({ queued: 1, parked: 1, rejected: 1 });
    expect((await rig.messageOf(known.id)).content).toBe('Oi!');
  });

  test.each([
    ['long', 'x'.repeat(201)],
    [
      'incompressible',
      Array.from({ length: 6000 }, (_, n) => String.fromCodePoint(0x4e00 + ((n * 7919) % 20_000))).join(''),
    ],
  ])('a name too %s to be registered is rejected, not answered with 5xx', async (_, instanceId) => {
    const answer = await rig.webhook(envelope({ instanceId }));
    expect(answer).toMatchObject({ status: 422, body: { error: { details: [{ path: 'instanceId' }] } } });
  });

  test('a secret waits nowhere', async () => {
    const event = envelope({ instanceId: unique('nobody'), contact: { token: 'canary-unrouted' } });
    await rig.post({ ...event, apikey: 'canary-unrouted' });
    const rows = await rig.rows('select event::text from parked_events where instance_id = $1', [event.instanceId]);
    expect(JSON.stringify(rows)).not.toContain('canary');
  });
});

describe('adoption', () => {
  test('everything that waited is stored in order of arrival when the instance is created', async () => {
    const instanceId = unique('late');
    const [phone, at] = [uniquePhone(), ago(10)];
    const texts = ['first', 'second', 'third'];
    const events = texts.map((text) => envelope({ instanceId, phone, text, at }));
    for (const event of events) await rig.post(event);
    const log = await rig.eventsDuring(() => create(instanceId));
    const told = log.filter(({ type }) => type === 'ticket.message').map(({ payload }) => payload['message']);
    expect(told).toMatchObject(texts.map((content) => ({ content, instanceId })));
    expect(await rig.ticketsOf(events[0]?.id ?? '')).toMatchObject([
      { instanceId, unread: 3, lastMessagePreview: 'third', status: 'OPEN' },
    ]);
    expect(await waiting(instanceId)).toBe(0);
    for (const event of events) {
      const verdicts = await rig.ledgerOf(event.id);
      expect(verdicts).toContainEqual({ tenant_id: '_unrouted', kind: 'message', verdict: 'accepted', reason: 'ok' });
      expect(verdicts).toContainEqual({ tenant_id: 'demo', kind: 'message', verdict: 'accepted', reason: 'ok' });
    }
    expect(await rig.post(events[0])).toEqual({ duplicates: 1 });
  });

  test('the time of arrival stands, not the time of adoption', async () => {
    const instanceId = unique('late');
    const event = envelope({ instanceId, at: null });
    await rig.post(event);
    await rig.rows(`update parked_events set received_at = $2 where instance_id = $1`, [instanceId, ago(600)]);
    await create(instanceId);
    expect((await rig.messageOf(event.id)).createdAt).toBe(ago(600));
  });

  test('statuses, edits and history find their message, whatever came first', async () => {
    const instanceId = unique('late');
    const [phone, sent, old] = [uniquePhone(), unique('sent'), unique('old')];
    const key = { remoteJid: jidOf(phone), fromMe: true, id: sent };
    await rig.post(update(key, { status: 4, messageTimestamp: secondsAgo(1) }, instanceId));
    await rig.post(envelope({ instanceId, phone, id: sent, type: 'MESSAGE_OUTBOUND', at: ago(5) }));
    const messages = [
      { key: { ...key, fromMe: false, id: old }, messageTimestamp: secondsAgo(80_000), message: { conversation: 'x' } },
    ];
    await rig.post({ event: 'messages.set', instanceId, data: { messages } });
    await create(instanceId);
    expect(await rig.messageOf(sent)).toMatchObject({ direction: 'OUTBOUND', status: 'READ' });
    expect((await rig.ticketOf(old)).status).toBe('CLOSED');
    expect(await waiting(instanceId)).toBe(0);
  });

  test('each of several messages in one envelope is adopted', async () => {
    const instanceId = unique('late');
    const phone = uniquePhone();
    const messages = ['a', 'b', 'c'].map((text) => ({
      key: { remoteJid: jidOf(phone), fromMe: false, id: `${phone}-${text}` },
      message: { conversation: text },
    }));
    expect(await rig.post(envelope({ instanceId, phone, message: { messages } }))).toEqual({ parked: 3 });
    await create(instanceId);
    for (const text of ['a', 'b', 'c']) expect((await rig.messageOf(`${phone}-${text}`)).content).toBe(text);
  });

  test('goes by the policy of the new instance, and never to another tenant’s', async () => {
    const [instanceId, other] = [unique('late'), unique('late')];
    const group = { remoteJid: '120363041234567890@g.us', fromMe: false, participant: jidOf(uniquePhone()) };
    const id = unique('group');
    const stays = envelope({ instanceId: other });
    await rig.post([upsert({ key: { ...group, id }, message: { conversation: 'oi' } }, { instanceId }), stays]);
    await create(instanceId, { groupPolicy: 'accept' });
    expect((await rig.messageOf(id)).content).toBe('oi');
    expect(await waiting(other)).toBe(1);
    expect(await rig.rows('select 1 from messages where external_id = $1', [stays.id])).toEqual([]);
  });

  test('more than a page is adopted whole', async () => {
    const instanceId = unique('late');
    const phone = uniquePhone();
    const events = Array.from({ length: 230 }, (_, n) => envelope({ instanceId, phone, id: `${phone}/${n}` }));
    expect(await rig.post(events)).toEqual({ parked: 230 });
    await create(instanceId);
    expect(await rig.ticketsOf(`${phone}/0`)).toMatchObject([{ unread: 230 }]);
    expect(await waiting(instanceId)).toBe(0);
  });
});
