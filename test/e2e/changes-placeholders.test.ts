// What could not be read at first: stand-ins that are upgraded, whatever else happened to them before, between and after (DESIGN 4.8).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '@recado/contracts';
import { edit, keyOf, orders, reaction, revoke, status, target } from './changes-rig.js';
import type { Target } from './changes-rig.js';
import { bootWebhooks, secondsAgo, upsert } from './webhook-rig.js';
import type { WebhookRig } from './webhook-rig.js';

let rig: WebhookRig;
beforeAll(async () => {
  rig = await bootWebhooks();
});
afterAll(() => rig.close());

const AT = secondsAgo(30);
function standIn(to: Target, parts: object = { messageStubType: 2, messageStubParameters: ['Bad MAC'] }) {
  return upsert({ key: keyOf(to), messageTimestamp: AT, ...parts });
}
function content(to: Target, message: object = { conversation: 'readable now' }) {
  return upsert({ key: keyOf(to), messageTimestamp: AT, pushName: 'Zuleica', message });
}
/** All that a screen sees of a message, without what differs from one copy to the next. */
function shown({ id: _id, ticketId: _ticket, externalId: _external, metadata, ...rest }: Message) {
  const { broker: _broker, contact: _contact, ...more } = metadata;
  return { ...rest, ...more };
}

describe('a placeholder', () => {
  test.each<[string, object]>([
    ['CIPHERTEXT', { messageStubType: 2 }],
    ['OVERSIZED', { messageStubType: 'OVERSIZED' }],
    ['placeholderMessage', { message: { placeholderMessage: { type: 0 } } }],
    ['a view-once for the phone alone', { key: null }],
  ])(
    '%s is shown as one and takes the content that comes under its id; content first makes it a duplicate',
    async (name, parts) => {
      const reason =
        { CIPHERTEXT: 'ciphertext', OVERSIZED: 'oversized', placeholderMessage: 'linked_device' }[name] ?? 'view_once';
      const [first, last] = [target(), target()];
      const stub = (to: Target) => standIn(to, 'key' in parts ? { key: { ...keyOf(to), isViewOnce: true } } : parts);
      expect(await rig.post(stub(first))).toEqual({ queued: 1 });
      expect(await rig.messageOf(first.id)).toMatchObject({
        type: 'UNSUPPORTED',
        metadata: { kind: 'placeholder', reason },
      });
      expect(await rig.post(content(first))).toEqual({ queued: 1 });
      expect(await rig.post(content(last))).toEqual({ queued: 1 });
      expect(await rig.post(stub(last))).toEqual({ duplicates: 1 });
      expect(shown(await rig.messageOf(first.id))).toEqual(shown(await rig.messageOf(last.id)));
    },
  );

  test('an edit before the content stands, whatever came first', async () => {
    const endings = new Set<string>();
    for (const order of orders([0, 1, 2])) {
      const to = target();
      const deliveries = [standIn(to), content(to), edit(to, 'edited')];
      for (const place of order) await rig.post(deliveries[place]);
      const message = await rig.messageOf(to.id);
      expect(message).toMatchObject({ type: 'TEXT', content: 'edited' });
      expect((await rig.ticketOf(to.id)).lastMessagePreview).toBe('edited');
      endings.add(JSON.stringify(shown(message)));
    }
    expect(endings.size).toBe(1);
  });

  test('a revoke before the content hides it, and reactions and statuses stay', async () => {
    for (const order of orders([0, 1, 2, 3])) {
      const to = target();
      const deliveries = [standIn(to), content(to), reaction(to, '👍'), status(to, 4)];
      for (const place of order) await rig.post(deliveries[place]);
      const told = await rig.messageOf(to.id);
      expect(told).toMatchObject({
        type: 'TEXT',
        content: 'readable now',
        status: 'READ',
        reactions: [{ emoji: '👍' }],
      });
    }
    for (const order of orders([0, 1, 2])) {
      const to = target();
      const deliveries = [standIn(to), content(to), revoke(to)];
      for (const place of order) await rig.post(deliveries[place]);
      expect(await rig.messageOf(to.id)).toMatchObject({ content: null, revokedAt: expect.any(String) });
      expect((await rig.ticketOf(to.id)).lastMessagePreview).toBeNull();
    }
  });

  test('all in one delivery end the same, and its ticket counts one message', async () => {
    for (const order of orders([0, 1, 2])) {
      const to = target();
      const deliveries = [standIn(to), content(to), edit(to, 'edited')];
      await rig.post(order.map((place) => deliveries[place]));
      expect(await rig.messageOf(to.id)).toMatchObject({ type: 'TEXT', content: 'edited' });
      expect(await rig.ticketOf(to.id)).toMatchObject({
        lastMessagePreview: 'edited',
        unread: 1,
        metadata: { timeline: { inboundCount: 1 } },
      });
    }
  });

  test.each(['RESOLVED', 'CLOSED'])(
    'upgraded in a ticket that is %s it shows there and opens nothing',
    async (state) => {
      const to = target();
      await rig.post(standIn(to));
      const { id } = await rig.ticketOf(to.id);
      await rig.agent(`/api/tickets/${id}`, { method: 'PATCH', json: { status: state } });
      const events = await rig.eventsDuring(() => rig.post(content(to)));
      expect(await rig.ticketsOf(to.id)).toMatchObject([{ id, status: state, lastMessagePreview: 'readable now' }]);
      expect(events.map(({ type }) => type)).toEqual(['contact.updated', 'message.updated', 'ticket.updated']);
    },
  );

  test('upgraded in a closed ticket beside an open one it shows in its own', async () => {
    const to = target();
    await rig.post(standIn(to));
    const { id } = await rig.ticketOf(to.id);
    await rig.agent(`/api/tickets/${id}`, { method: 'PATCH', json: { status: 'CLOSED' } });
    const later = { ...to, id: target().id };
    await rig.post(
      upsert({ key: keyOf(later), messageTimestamp: AT + 60, pushName: 'Zuleica', message: { conversation: 'later' } }),
    );
    expect(await rig.post(content(to))).toEqual({ queued: 1 });
    expect(await rig.ticketsOf(to.id)).toMatchObject([
      { id, lastMessagePreview: 'readable now' },
      { status: 'OPEN', lastMessagePreview: 'later' },
    ]);
  });
});
