// What a delivery may look like and what it is answered with (DESIGN 4, clients "Brokers posting").
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '@recado/contracts';
import { CONTRACT_SAMPLE } from '../support/samples.js';
import {
  bootWebhooks,
  countsOf,
  envelope,
  jidOf,
  secondsAgo,
  unique,
  uniquePhone,
  update,
  upsert,
} from './webhook-rig.js';
import type { WebhookRig } from './webhook-rig.js';

let rig: WebhookRig;
beforeAll(async () => {
  rig = await bootWebhooks();
});
afterAll(() => rig.close());

/** What of a message does not depend on the form it came in. */
function core({ direction, type, content, caption, status, createdAt, media, metadata }: Message) {
  return { direction, type, content, caption, status, createdAt, media, normalized: metadata.normalizedTimestamp };
}

describe('answers', () => {
  test("the contract's sample is queued once, and its copy is a duplicate", async () => {
    const first = await rig.webhook(CONTRACT_SAMPLE);
    expect(first).toMatchObject({
      status: 202,
      body: { accepted: true, queued: 1, duplicates: 0, ignored: 0, rejected: 0, parked: 0 },
    });
    expect(await rig.post(CONTRACT_SAMPLE)).toEqual({ duplicates: 1 });
    const message = await rig.messageOf('wamid-123');
    expect(message).toMatchObject({
      type: 'IMAGE',
      content: 'Oi!',
      caption: null,
      createdAt: CONTRACT_SAMPLE.timestamp,
    });
    expect(message.metadata.broker).toMatchObject({
      messageId: 'wamid-123',
      instanceId: 'instance-42',
      broker: 'baileys',
    });
  });

  test('the same event twice in one delivery is queued once', async () => {
    const event = envelope();
    expect(await rig.post([event, event, event])).toEqual({ queued: 1, duplicates: 2 });
  });

  test.each([
    ['[]'],
    ['{"events":[]}'],
    ['{"body":[]}'],
    ['{"event":"messages.upsert","instanceId":"demo","data":{"messages":[]}}'],
  ])('%s is taken and counts nothing', async (bytes) => expect(countsOf(await rig.webhook(bytes))).toEqual({}));

  test('a poison item never fails its neighbours: 49 of 50 are queued', async () => {
    const events: unknown[] = Array.from({ length: 50 }, () => envelope());
    events[25] = { ...envelope(), payload: { contact: {}, message: 'no object', metadata: {} } };
    expect(await rig.post({ events })).toEqual({ queued: 49, rejected: 1 });
  });

  test('several kinds of outcome are counted each', async () => {
    const stored = envelope();
    await rig.post(stored);
    const events = [stored, envelope(), { id: 'x', type: 'SOMETHING_ELSE', instanceId: 'demo' }, 7];
    const early = update({ remoteJid: jidOf(uniquePhone()), fromMe: true, id: unique('sent') }, { status: 3 });
    expect(await rig.post([...events, early])).toEqual({
      queued: 1,
      duplicates: 1,
      ignored: 1,
      rejected: 1,
      parked: 1,
    });
  });

  test('422 when no item is a contract event, with the path of each problem, and the delivery is in the ledger', async () => {
    const id = unique('broken');
    const broken = { ...envelope({ id }), payload: { contact: 7, metadata: [] } };
    const answer = await rig.webhook([broken, { instanceId: 'demo' }]);
    expect(answer.status).toBe(422);
    const { error } = answer.body as { error: { code: string; details: { path: string; code: string }[] } };
    expect(error.code).toBe('NOT_A_CONTRACT_EVENT');
    expect(error.details.map(({ path, code }) => `${path} ${code}`)).toEqual([
      'payload.contact invalid_contract',
      'payload.message invalid_contract',
      'payload.metadata invalid_contract',
      'type invalid_contract',
    ]);
    expect(await rig.ledgerOf(id)).toEqual([
      { tenant_id: 'demo', kind: 'message', verdict: 'rejected', reason: 'invalid_contract' },
    ]);
  });

  test.each([[null], [7], ['text'], [[null, 1, 'x']], [{}]])('%j is no contract event', async (body) => {
    expect((await rig.webhook(JSON.stringify(body))).status).toBe(422);
  });

  test('a message without an id is rejected as missing_id, one without anybody as missing_chat', async () => {
    const { id: _id, ...nameless } = envelope();
    const answer = await rig.webhook(nameless);
    expect(answer).toMatchObject({ status: 422, body: { error: { details: [{ path: 'id', code: 'missing_id' }] } } });
    const nobody = { ...envelope(), payload: { contact: {}, message: { conversation: 'x' }, metadata: {} } };
    expect(await rig.webhook(nobody)).toMatchObject({
      status: 422,
      body: { error: { details: [{ path: 'contact.phone', code: 'missing_chat' }] } },
    });
  });

  test('a history of thousands in one delivery is taken whole', async () => {
    const phone = uniquePhone();
    const messages = Array.from({ length: 2_600 }, (_, n) => ({
      key: { remoteJid: jidOf(phone), fromMe: false, id: `thousand-${n}` },
      messageTimestamp: secondsAgo(60 * 24 * 30 + n),
      message: { conversation: `n ${n}` },
    }));
    const delivery = { event: 'messages.set', instanceId: 'demo', data: { messages } };
    expect(await rig.post(delivery)).toEqual({ queued: 2_600 });
    expect(await rig.rows(`select count(*)::int as n from messages where external_id like 'thousand-%'`)).toEqual([
      { n: 2_600 },
    ]);
  });

  test('several messages in one envelope are all kept, and the body is kept once', async () => {
    const phone = uniquePhone();
    const messages = Array.from({ length: 20 }, (_, n) => ({
      key: { remoteJid: jidOf(phone), fromMe: false, id: `${phone}-${n}` },
      message: { conversation: 'x'.repeat(1000) },
    }));
    const event = envelope({ phone, message: { messages, token: 'not-to-be-kept' } });
    expect(await rig.post(event)).toEqual({ queued: 20 });
    const [delivery] = await rig.rows(
      `select length(d.raw) as bytes from deliveries d join inbox_events e on e.delivery_id = d.id where e.external_id = $1`,
      [`${phone}-7`],
    );
    expect(Number(delivery?.['bytes'])).toBeLessThan(40_000);
  });
});

describe('body forms', () => {
  /** The same fact in each form of clients.md; `id` is the message's. */
  const FORMS: Record<string, (id: string, phone: string) => unknown> = {
    'an array': (id, phone) => [whole(id, phone)],
    '{events}': (id, phone) => ({ events: [whole(id, phone)] }),
    '{body}': (id, phone) => ({ body: whole(id, phone) }),
    '{body} of an array': (id, phone) => ({ body: { events: [whole(id, phone)] } }),
    'the webhook form': (id, phone) => form(id, phone, { phone, name: 'Maria' }),
    'the webhook form with from: {contact}': (id, phone) => form(id, phone, { contact: { phone, name: 'Maria' } }),
    'raw Baileys with payload.raw': (id, phone) => upsert(raw(id, phone)),
    'raw Baileys with data': (id, phone) => ({
      event: 'messages.upsert',
      instanceId: 'demo',
      data: { type: 'notify', messages: [raw(id, phone)] },
    }),
    'a bare WAMessage': (id, phone) => ({ instanceId: 'demo', ...raw(id, phone) }),
  };
  const AT = '2024-05-02T13:05:00.000Z';

  function whole(id: string, phone: string) {
    return envelope({ id, phone, at: AT, contact: { name: 'Maria' }, message: { conversation: 'bom dia' } });
  }
  function form(id: string, phone: string, from: object) {
    const message = { id, conversation: 'bom dia' };
    return {
      event: 'message',
      direction: 'inbound',
      instanceId: 'demo',
      timestamp: AT,
      from,
      message,
      metadata: { broker: 'baileys' },
    };
  }
  function raw(id: string, phone: string) {
    return {
      key: { remoteJid: jidOf(phone), fromMe: false, id, participant: '' },
      messageTimestamp: Date.parse(AT) / 1000,
      pushName: 'Maria',
      message: { conversation: 'bom dia' },
    };
  }

  test.each(Object.keys(FORMS))('%s gives the same stored message as the envelope', async (name) => {
    const phone = uniquePhone();
    const [reference, id] = [unique('reference'), unique('form')];
    expect(await rig.post(whole(reference, phone))).toEqual({ queued: 1 });
    expect(await rig.post(FORMS[name]?.(id, phone))).toEqual({ queued: 1 });
    const [expected, message] = [await rig.messageOf(reference), await rig.messageOf(id)];
    expect(core(message)).toEqual(core(expected));
    expect(message.ticketId).toBe(expected.ticketId);
    expect((await rig.ticketOf(id)).contact).toMatchObject({ name: 'Maria', phone });
  });

  test('the same fact in two forms is one message', async () => {
    const [phone, id] = [uniquePhone(), unique('same')];
    expect(await rig.post(whole(id, phone))).toEqual({ queued: 1 });
    for (const make of Object.values(FORMS)) expect(await rig.post(make(id, phone))).toEqual({ duplicates: 1 });
  });

  test('MESSAGE_OUTBOUND and the webhook form of direction outbound are echoes', async () => {
    const phone = uniquePhone();
    const [one, two] = [unique('echo'), unique('echo')];
    await rig.post(envelope({ id: one, phone, type: 'MESSAGE_OUTBOUND', message: { conversation: 'até já' } }));
    await rig.post({ ...form(two, phone, { phone }), direction: 'outbound' });
    expect((await rig.messageOf(one)).direction).toBe('OUTBOUND');
    expect((await rig.messageOf(two)).direction).toBe('OUTBOUND');
    expect(await rig.ledgerOf(one)).toMatchObject([{ kind: 'echo', verdict: 'accepted' }]);
  });

  test('the event may be named by the path alone', async () => {
    const [phone, id] = [uniquePhone(), unique('path')];
    const answer = await rig.webhook({ data: raw(id, phone) }, { path: '/api/webhooks/whatsapp/demo/messages-upsert' });
    expect(countsOf(answer)).toEqual({ queued: 1 });
  });

  test('an unknown content is stored as UNSUPPORTED and an unknown event is ignored, both with 202', async () => {
    const id = unique('future');
    expect(await rig.post(envelope({ id, message: { hologramMessage: { url: 'x' } } }))).toEqual({ queued: 1 });
    expect((await rig.messageOf(id)).type).toBe('UNSUPPORTED');
    expect(await rig.post({ event: 'labels.edit', instanceId: 'demo', data: { a: 1 } })).toEqual({ ignored: 1 });
  });
});
