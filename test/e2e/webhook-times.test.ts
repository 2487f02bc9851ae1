// Every spelling of a time, the times that make no sense, and what is counted (whatsapp-broker, Inbound; DESIGN 4.3, 9).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootWebhooks, envelope, jidOf, unique, uniquePhone, update, upsert } from './webhook-rig.js';
import type { WebhookRig } from './webhook-rig.js';

let rig: WebhookRig;
beforeAll(async () => {
  rig = await bootWebhooks();
});
afterAll(() => rig.close());

describe('timestamps', () => {
  const AT = '2024-05-02T13:05:00.000Z';
  test.each([
    [AT],
    ['2024-05-02T10:05:00-03:00'],
    ['2024-05-02T13:05:00'],
    [1_714_655_100],
    ['1714655100'],
    [1_714_655_100.0004],
    [1_714_655_100_000],
    ['1714655100000'],
    [1_714_655_100_000_000],
    [{ low: 1_714_655_100, high: 0, unsigned: true }],
    [{ low: 963_148_896, high: 399, unsigned: false }],
  ])('%j is read as ISO before ingestion', async (at) => {
    const event = envelope({ at });
    await rig.post(event);
    const { createdAt, metadata } = await rig.messageOf(event.id);
    expect(createdAt).toBe(AT);
    expect(metadata).toMatchObject({ brokerMessageTimestamp: AT, normalizedTimestamp: AT });
    expect(metadata['timestampSource']).toBeUndefined();
  });

  test.each([[0], [''], ['NaN'], ['yesterday'], [-1], [1_000], ['2008-12-31T23:59:59Z'], [true], [[]], [{}]])(
    '%j makes no sense: the received time is used and the raw one kept',
    async (at) => {
      const before = Date.now();
      const event = envelope({ at });
      await rig.post(event);
      const { createdAt, metadata } = await rig.messageOf(event.id);
      expect(Date.parse(createdAt)).toBeGreaterThanOrEqual(before);
      expect(metadata.brokerMessageTimestamp).toBeNull();
      expect(metadata).toMatchObject({
        timestampSource: 'received',
        timestampRaw: typeof at === 'string' ? at : JSON.stringify(at),
      });
    },
  );

  test('payload.timestamp comes before timestamp, which comes before metadata.timestamp', async () => {
    const [one, two, three] = ['2024-05-01', '2024-05-02', '2024-05-03'];
    const event = envelope({ at: two, metadata: { timestamp: three } });
    const first = { ...event, id: unique('time'), payload: { ...event.payload, timestamp: one } };
    const third = { ...event, id: unique('time'), timestamp: null };
    await rig.post([first, event, third]);
    const days = await Promise.all(
      [first, event, third].map(async ({ id }) => (await rig.messageOf(id)).createdAt.slice(0, 10)),
    );
    expect(days).toEqual([one, two, three]);
  });

  test('a future time never pins a ticket on top, and stays readable', async () => {
    const phone = uniquePhone();
    const future = new Date(Date.now() + 3_600_000).toISOString();
    const event = envelope({ phone, at: future, text: 'from tomorrow' });
    await rig.post(event);
    const { createdAt, metadata } = await rig.messageOf(event.id);
    expect(Date.parse(createdAt)).toBeLessThanOrEqual(Date.now());
    expect(metadata).toMatchObject({ brokerMessageTimestamp: future, timestampSource: 'future' });
    const later = envelope({ phone, at: new Date().toISOString(), text: 'from now' });
    await rig.post(later);
    const ticket = await rig.ticketOf(later.id);
    expect(ticket.lastMessagePreview).toBe('from now');
    expect(Date.parse(ticket.metadata.timeline.lastInboundAt ?? '')).toBeLessThanOrEqual(Date.now());
  });

  test('a clock four minutes ahead is believed', async () => {
    const at = new Date(Date.now() + 240_000).toISOString();
    const event = envelope({ at });
    await rig.post(event);
    expect((await rig.messageOf(event.id)).createdAt).toBe(at);
  });
});

describe('metrics', () => {
  const line = (labels: string) => `whatsapp_webhook_events_total{${labels}}`;
  const lines = {
    accepted: line('result="accepted",reason="ok",payload_type="message"'),
    duplicate: line('result="ignored",reason="duplicate",payload_type="message"'),
    echo: line('result="accepted",reason="ok",payload_type="echo"'),
    rejected: line('result="rejected",reason="invalid_contract",payload_type="message"'),
    parked: line('result="accepted",reason="parked_early_status",payload_type="status"'),
    unknown: line('result="accepted",reason="parked_unknown_instance",payload_type="message"'),
    group: line('result="ignored",reason="group",payload_type="message"'),
    hits: 'recado_dedupe_hits_total',
  };

  test('whatsapp_webhook_events_total is tagged by result, reason and payload_type; dedupe hits are counted', async () => {
    const read = async () =>
      Object.fromEntries(
        await Promise.all(Object.entries(lines).map(async ([name, text]) => [name, await rig.metric(text)])),
      );
    const before = await read();
    const event = envelope();
    const group = {
      key: { remoteJid: '120363041234567890@g.us', fromMe: false, id: unique('g'), participant: jidOf(uniquePhone()) },
      message: { conversation: 'oi' },
    };
    await rig.post([event, event, envelope({ type: 'MESSAGE_OUTBOUND' }), upsert(group)]);
    await rig.webhook({ ...envelope(), payload: {} });
    await rig.post(update({ remoteJid: jidOf(uniquePhone()), fromMe: true, id: unique('sent') }, { status: 3 }));
    await rig.post(envelope({ instanceId: unique('nobody') }));
    const after = await read();
    expect(Object.fromEntries(Object.keys(lines).map((name) => [name, after[name] - before[name]]))).toEqual({
      accepted: 1,
      duplicate: 1,
      echo: 1,
      rejected: 1,
      parked: 1,
      unknown: 1,
      group: 1,
      hits: 1,
    });
  });
});
