// Which ticket a message goes to and what it counts there (DESIGN 2, 3).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ago, bootWebhooks, envelope, jidOf, secondsAgo, unique, uniquePhone, upsert } from './webhook-rig.js';
import type { WebhookRig } from './webhook-rig.js';

const DAY = 24 * 60;
let rig: WebhookRig;
beforeAll(async () => {
  rig = await bootWebhooks();
});
afterAll(() => rig.close());

async function patch(ticketId: string, status: string) {
  const answer = await rig.agent(`/api/tickets/${ticketId}`, { method: 'PATCH', json: { status } });
  expect(answer.status).toBe(200);
}
/** Makes it look as if the ticket had been resolved that many minutes ago. */
async function resolved(ticketId: string, minutes: number) {
  await patch(ticketId, 'RESOLVED');
  await rig.rows('update tickets set resolved_at = $2 where id = $1', [ticketId, ago(minutes)]);
}
describe('one open ticket per conversation', () => {
  test('every message of a person goes to the one open ticket, in whatever status of the three', async () => {
    const phone = uniquePhone();
    const events = Array.from({ length: 4 }, (_, n) => envelope({ phone, at: ago(10 - n) }));
    const [first] = events;
    await rig.post(first);
    const [ticket] = await rig.ticketsOf(first?.id ?? '');
    expect(ticket).toMatchObject({ status: 'OPEN', unread: 1, channel: 'whatsapp', instanceId: 'demo' });
    await rig.post(events[1]);
    await patch(ticket?.id ?? '', 'PENDING');
    await rig.post(events[2]);
    await patch(ticket?.id ?? '', 'ASSIGNED');
    await rig.post(events[3]);
    expect(await rig.ticketsOf(first?.id ?? '')).toMatchObject([{ id: ticket?.id, status: 'ASSIGNED', unread: 4 }]);
  });

  test('another instance is another conversation', async () => {
    const phone = uniquePhone();
    const [one, two] = [envelope({ phone }), envelope({ phone, instanceId: 'instance-42' })];
    await rig.post([one, two]);
    const [first, second] = [await rig.ticketOf(one.id), await rig.ticketOf(two.id)];
    expect(first.id).not.toBe(second.id);
    expect(first.contact).toEqual(second.contact);
  });

  test('an inbound message reopens a ticket resolved less than 24 hours ago, and ticket.updated says so', async () => {
    const phone = uniquePhone();
    const [before, after] = [envelope({ phone, at: ago(30) }), envelope({ phone })];
    await rig.post(before);
    const { id } = await rig.ticketOf(before.id);
    await resolved(id, DAY - 5);
    const events = await rig.eventsDuring(() => rig.post(after));
    expect(await rig.ticketsOf(before.id)).toMatchObject([{ id, status: 'OPEN', unread: 2 }]);
    expect(events.map(({ type }) => type)).toEqual(['ticket.message', 'ticket.updated']);
    expect(events[0]?.payload).toMatchObject({ ticket: { id, status: 'OPEN' } });
    expect(events[1]?.payload).toMatchObject({ ticketId: id, changes: ['status'], ticket: { status: 'OPEN' } });
  });

  test('an echo joins the resolved ticket and does not reopen it', async () => {
    const phone = uniquePhone();
    const [before, echo] = [envelope({ phone, at: ago(30) }), envelope({ phone, type: 'MESSAGE_OUTBOUND' })];
    await rig.post(before);
    const { id } = await rig.ticketOf(before.id);
    await resolved(id, 10);
    const events = await rig.eventsDuring(() => rig.post(echo));
    expect(await rig.ticketsOf(before.id)).toMatchObject([
      { id, status: 'RESOLVED', unread: 1, metadata: { timeline: { inboundCount: 1, outboundCount: 1 } } },
    ]);
    expect(events.map(({ type }) => type)).toEqual(['ticket.message']);
  });

  test.each([
    ['a ticket resolved more than 24 hours ago', (id: string) => resolved(id, DAY + 1)],
    ['a closed ticket', (id: string) => patch(id, 'CLOSED')],
  ])('%s stays, and a new one opens', async (_, end) => {
    const phone = uniquePhone();
    const [before, after] = [envelope({ phone, at: ago(30) }), envelope({ phone })];
    await rig.post(before);
    const { id } = await rig.ticketOf(before.id);
    await end(id);
    const { status } = await rig.ticketOf(before.id);
    await rig.post(after);
    expect(await rig.ticketsOf(before.id)).toMatchObject([
      { id, status, unread: 1 },
      { status: 'OPEN', unread: 1, metadata: { timeline: { inboundCount: 1 } } },
    ]);
  });

  test.each([['RESOLVED'], ['CLOSED']])('a replay never opens or reopens a ticket that is %s', async (status) => {
    const event = envelope({ at: ago(30) });
    await rig.post(event);
    const { id } = await rig.ticketOf(event.id);
    await patch(id, status);
    const events = await rig.eventsDuring(async () => {
      expect(await rig.post(event)).toEqual({ duplicates: 1 });
      expect(await rig.post([event, event])).toEqual({ duplicates: 2 });
    });
    expect(events).toEqual([]);
    expect(await rig.ticketsOf(event.id)).toMatchObject([{ id, status, unread: 1 }]);
  });

  test('a replay beside a new message opens the ticket for the new one alone', async () => {
    const phone = uniquePhone();
    const [before, after] = [envelope({ phone, at: ago(30) }), envelope({ phone })];
    await rig.post(before);
    await patch((await rig.ticketOf(before.id)).id, 'CLOSED');
    expect(await rig.post([before, after, before])).toEqual({ queued: 1, duplicates: 2 });
    expect(await rig.ticketsOf(before.id)).toMatchObject([
      { status: 'CLOSED', unread: 1 },
      { status: 'OPEN', unread: 1 },
    ]);
  });
});

describe('the timeline', () => {
  test('an old message never moves lastMessageAt or the preview back; firstInboundAt moves earlier', async () => {
    const phone = uniquePhone();
    const newest = envelope({ phone, at: ago(10), text: 'newest' });
    const oldest = envelope({ phone, at: ago(3 * DAY), text: 'oldest' });
    const middle = envelope({ phone, at: ago(20), text: 'middle' });
    await rig.post(newest);
    await rig.post([middle, oldest]);
    expect(await rig.ticketOf(newest.id)).toMatchObject({
      lastMessageAt: ago(10),
      lastMessagePreview: 'newest',
      unread: 3,
      metadata: { timeline: { firstInboundAt: ago(3 * DAY), lastInboundAt: ago(10), inboundCount: 3 } },
    });
  });

  test('of two messages of one instant the one that came last is the preview', async () => {
    const phone = uniquePhone();
    const at = ago(10);
    await rig.post(envelope({ phone, at, text: 'first' }));
    const second = envelope({ phone, at, text: 'second' });
    await rig.post(second);
    expect((await rig.ticketOf(second.id)).lastMessagePreview).toBe('second');
  });

  test('echoes count outbound and give firstResponseSeconds', async () => {
    const phone = uniquePhone();
    const inbound = envelope({ phone, at: ago(30) });
    const echo = upsert({
      key: { remoteJid: jidOf(phone), fromMe: true, id: unique('echo') },
      messageTimestamp: secondsAgo(20),
      message: { conversation: 'answer' },
    });
    await rig.post(inbound);
    const events = await rig.eventsDuring(() => rig.post(echo));
    const { unread, lastMessagePreview, metadata } = await rig.ticketOf(inbound.id);
    expect({ unread, lastMessagePreview }).toEqual({ unread: 1, lastMessagePreview: 'answer' });
    expect(metadata.timeline).toMatchObject({
      outboundCount: 1,
      lastOutboundAt: new Date(secondsAgo(20) * 1000).toISOString(),
    });
    expect(metadata.timeline.firstResponseSeconds).toBeCloseTo(600, -1);
    expect(events[0]?.payload).toMatchObject({ timeline: { outboundCount: 1 } });
    expect(events[0]?.payload['timeline']).not.toHaveProperty('inboundCount');
  });

  test('firstResponseSeconds is null when we spoke first', async () => {
    const phone = uniquePhone();
    const echo = envelope({ phone, at: ago(30), type: 'MESSAGE_OUTBOUND' });
    await rig.post([echo, envelope({ phone, at: ago(20) })]);
    expect((await rig.ticketOf(echo.id)).metadata.timeline.firstResponseSeconds).toBeNull();
  });

  test('shuffled and replayed, the timeline equals the one rebuilt from the messages', async () => {
    const phone = uniquePhone();
    const events = Array.from({ length: 12 }, (_, n) =>
      envelope({ phone, at: ago(100 + ((n * 7) % 12)), type: n % 3 === 0 ? 'MESSAGE_OUTBOUND' : 'MESSAGE_INBOUND' }),
    );
    for (const event of [...events.toReversed(), ...events]) await rig.post(event);
    const [row] = await rig.rows(
      `select t.first_in = m.first_in and t.last_in = m.last_in and t.first_out = m.first_out and t.last_out = m.last_out
          and t.in_count = m.n_in and t.out_count = m.n_out and t.last_message_at = m.last as same
        from tickets t join (select ticket_id, min(occurred_at) filter (where direction = 'INBOUND') first_in, max(occurred_at) filter (where direction = 'INBOUND') last_in,
          min(occurred_at) filter (where direction = 'OUTBOUND') first_out, max(occurred_at) filter (where direction = 'OUTBOUND') last_out,
          count(*) filter (where direction = 'INBOUND') n_in, count(*) filter (where direction = 'OUTBOUND') n_out, max(occurred_at) last
          from messages group by ticket_id) m on m.ticket_id = t.id where t.id = $1`,
      [(await rig.ticketOf(events[0]?.id ?? '')).id],
    );
    expect(row).toEqual({ same: true });
  });
});
