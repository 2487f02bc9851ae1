// History, groups and a missing queue: where their messages go and what is said of them (DESIGN 3).
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
function history(phone: string, items: { id: string; minutes: number; fromMe?: boolean; text?: string }[]) {
  const messages = items.map(({ id, minutes, fromMe = false, text = 'long ago' }) => ({
    key: { remoteJid: jidOf(phone), fromMe, id },
    messageTimestamp: secondsAgo(minutes),
    message: { conversation: text },
  }));
  return { event: 'messages.set', instanceId: 'demo', data: { messages } };
}

describe('history', () => {
  test('of a stranger it goes to a CLOSED archive, raises no unread and opens nothing', async () => {
    const phone = uniquePhone();
    const [one, two] = [unique('old'), unique('old')];
    expect(await rig.post(history(phone, [{ id: one, minutes: 90 * DAY }]))).toEqual({ queued: 1 });
    expect(
      await rig.post(
        history(phone, [
          { id: two, minutes: 80 * DAY },
          { id: one, minutes: 90 * DAY },
        ]),
      ),
    ).toEqual({
      queued: 1,
      duplicates: 1,
    });
    expect(await rig.ticketsOf(one)).toMatchObject([
      { status: 'CLOSED', unread: 0, metadata: { timeline: { inboundCount: 2 } } },
    ]);
    const live = envelope({ phone });
    await rig.post(live);
    expect(await rig.ticketsOf(one)).toMatchObject([
      { status: 'CLOSED', unread: 0 },
      { status: 'OPEN', unread: 1 },
    ]);
  });

  test('goes to the ticket of its time', async () => {
    const phone = uniquePhone();
    const [before, after] = [envelope({ phone, at: ago(10 * DAY) }), envelope({ phone, at: ago(DAY) })];
    await rig.post(before);
    const { id } = await rig.ticketOf(before.id);
    await resolved(id, 5 * DAY);
    await rig.post(after);
    const ids = { during: unique('old'), between: unique('old'), open: unique('old') };
    await rig.post(
      history(phone, [
        { id: ids.during, minutes: 8 * DAY },
        { id: ids.between, minutes: 3 * DAY },
        { id: ids.open, minutes: DAY / 2, text: 'also history' },
      ]),
    );
    const again = unique('old');
    await rig.post(history(phone, [{ id: again, minutes: 7 * DAY }]));
    for (const old of [ids.during, again]) expect((await rig.messageOf(old)).ticketId).toBe(id);
    expect((await rig.ticketOf(ids.between)).status).toBe('CLOSED');
    const open = await rig.ticketOf(ids.open);
    expect(open).toMatchObject({
      id: (await rig.ticketOf(after.id)).id,
      unread: 1,
      lastMessagePreview: 'also history',
    });
    expect(await rig.ticketOf(before.id)).toMatchObject({ status: 'RESOLVED', unread: 1 });
  });

  test('what was queued while the line was down is live when it is recent, history when it is old', async () => {
    const [phone, other] = [uniquePhone(), uniquePhone()];
    const append = (to: string, minutes: number, id: string) =>
      upsert(
        {
          key: { remoteJid: jidOf(to), fromMe: false, id },
          messageTimestamp: secondsAgo(minutes),
          message: { conversation: 'x' },
        },
        { type: 'append' },
      );
    const [recent, old] = [unique('recent'), unique('old')];
    await rig.post([append(phone, 60, recent), append(other, 2 * DAY, old)]);
    expect(await rig.ticketsOf(recent)).toMatchObject([{ status: 'OPEN', unread: 1 }]);
    expect(await rig.ticketsOf(old)).toMatchObject([{ status: 'CLOSED', unread: 0 }]);
  });

  test('a history that repeats live messages changes nothing', async () => {
    const phone = uniquePhone();
    const live = envelope({ phone, at: ago(5 * DAY) });
    await rig.post(live);
    const before = await rig.ticketOf(live.id);
    const events = await rig.eventsDuring(async () =>
      expect(await rig.post(history(phone, [{ id: live.id, minutes: 5 * DAY }]))).toEqual({ duplicates: 1 }),
    );
    expect(events).toEqual([]);
    expect(await rig.ticketsOf(live.id)).toEqual([before]);
  });
});

describe('groups', () => {
  const message = (id: string, participant: string, more: object = {}) =>
    upsert({
      key: { remoteJid: '120363041234567890@g.us', fromMe: false, id, participant },
      messageTimestamp: secondsAgo(5),
      pushName: 'Zuleica',
      message: { conversation: `from ${participant}` },
      ...more,
    });

  test('are ignored by default, not rejected', async () => {
    const id = unique('group');
    expect(await rig.post(message(id, jidOf(uniquePhone())))).toEqual({ ignored: 1 });
    expect(await rig.ledgerOf(id)).toMatchObject([{ verdict: 'ignored', reason: 'group' }]);
    expect(await rig.rows('select 1 from messages where external_id = $1', [id])).toEqual([]);
  });

  test('are accepted by the policy of the instance: the ticket is the group’s, the contact the author’s', async () => {
    const instanceId = await rig.createInstance(null, { groupPolicy: 'accept' });
    const [one, two, phone, other] = [unique('group'), unique('group'), uniquePhone(), uniquePhone()];
    await rig.post({ ...message(one, jidOf(phone)), instanceId });
    await rig.post({ ...message(two, jidOf(other).replace('@', ':7@')), instanceId });
    const tickets = await rig.ticketsOf(one);
    expect(tickets).toMatchObject([{ status: 'OPEN', unread: 2 }]);
    const authors = await rig.rows(
      `select c.name, c.phone, c.kind from messages m join contacts c on c.id = m.author_contact_id
        where m.instance_id = $1 order by m.occurred_at, m.id`,
      [instanceId],
    );
    expect(authors).toEqual([phone, other].map((number) => ({ name: 'Zuleica', phone: number, kind: 'person' })));
    const direct = envelope({ phone, instanceId });
    await rig.post(direct);
    expect((await rig.ticketOf(direct.id)).id).not.toBe(tickets[0]?.id);
  });

  test.each([['status@broadcast'], ['12345@newsletter'], ['0@c.us'], ['120363041234567890@g.us']])(
    '%s is no customer: ignored with 202',
    async (remoteJid) => {
      const raw = { key: { remoteJid, fromMe: false, id: unique('nobody') }, message: { conversation: 'x' } };
      expect(await rig.post(upsert(raw))).toEqual({ ignored: 1 });
    },
  );
});

describe('without a default queue', () => {
  test('tickets have no queue, the guard says so once a minute per instance, and the queue fills in when one appears', async () => {
    const [queue] = await rig.rows(`select id from queues where tenant_id = 'demo' and is_default`);
    await rig.rows(`update queues set is_default = false where id = $1`, [queue?.['id']]);
    const phone = uniquePhone();
    const [first, second, third, other] = [
      envelope({ phone }),
      envelope({ phone }),
      envelope(),
      envelope({ instanceId: 'instance-42' }),
    ];
    const events = await rig.eventsDuring(async () => {
      for (const event of [first, second, third, other]) await rig.post(event);
    });
    expect(await rig.ticketOf(first.id)).toMatchObject({ queueId: null, unread: 2 });
    const missing = events.filter(({ type }) => type === 'whatsapp.queue.missing').map(({ payload }) => payload);
    expect(missing).toMatchObject([
      {
        tenantId: 'demo',
        instanceId: 'demo',
        recoverable: true,
        reason: expect.any(String),
        message: expect.any(String),
      },
      { tenantId: 'demo', instanceId: 'instance-42' },
    ]);
    await rig.rows(`update instances set queue_missing_at = now() - interval '61 seconds' where instance_id = 'demo'`);
    const again = await rig.eventsDuring(() => rig.post(envelope({ phone })));
    expect(again.map(({ type }) => type)).toEqual(['ticket.message', 'whatsapp.queue.missing']);
    const echo = await rig.eventsDuring(() => rig.post(envelope({ type: 'MESSAGE_OUTBOUND' })));
    expect(echo.map(({ type }) => type)).toEqual(['ticket.message']);

    await rig.rows(`update queues set is_default = true where id = $1`, [queue?.['id']]);
    const filled = await rig.eventsDuring(() => rig.post(envelope({ phone })));
    expect(filled.map(({ type }) => type)).toEqual(['ticket.message']);
    expect(filled[0]?.payload).toMatchObject({ ticket: { queueId: queue?.['id'] } });
    expect((await rig.ticketOf(first.id)).queueId).toBe(queue?.['id']);
  });
});
