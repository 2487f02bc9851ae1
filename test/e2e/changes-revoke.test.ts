// What was deleted for everyone is shown nowhere; reactions come and go (DESIGN 2).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { edit, keyOf, orders, original, reaction, revoke, target } from './changes-rig.js';
import { bootWebhooks, envelope, secondsAgo, update } from './webhook-rig.js';
import type { WebhookRig } from './webhook-rig.js';

let rig: WebhookRig;
beforeAll(async () => {
  rig = await bootWebhooks();
});
afterAll(() => rig.close());

describe('revokes', () => {
  const SECRET = 'what nobody may read any more';

  test.each([['after'], ['before']])('a revoke %s its message hides the content everywhere', async (when) => {
    const to = target();
    const message = {
      imageMessage: { mimetype: 'image/jpeg', caption: SECRET, jpegThumbnail: 'AQID' },
      conversation: SECRET,
    };
    const deliveries = [envelope({ ...to, message }), revoke(to)];
    const all = when === 'after' ? deliveries : deliveries.toReversed();
    await rig.post(all[0]);
    const events = await rig.eventsDuring(() => rig.post(all[1]));
    const told = await rig.messageOf(to.id);
    expect(told).toMatchObject({
      content: null,
      caption: null,
      revokedAt: new Date(secondsAgo(10) * 1000).toISOString(),
    });
    expect(JSON.stringify(told)).not.toContain(SECRET);
    expect(told.media?.thumbnail ?? null).toBeNull();
    expect(events.map(({ type }) => type)).toContain('message.updated');
    expect(JSON.stringify(events)).not.toContain(SECRET);
    expect((await rig.ticketOf(to.id)).lastMessagePreview).toBeNull();
    const search = await rig.agent(`/api/search?q=${encodeURIComponent('nobody may read')}`);
    expect(JSON.stringify(search.body)).not.toContain(SECRET);
  });

  test('an edit after the revoke does not bring the content back', async () => {
    const to = target();
    await rig.post([original(to), revoke(to, { minutes: 20 })]);
    await rig.post(edit(to, SECRET, { minutes: 10 }));
    expect((await rig.messageOf(to.id)).content).toBeNull();
    expect((await rig.ticketOf(to.id)).lastMessagePreview).toBeNull();
  });

  test('the preview follows the revoke also when the ticket is resolved, or the key names no chat', async () => {
    const [resolved, nameless] = [target(), target()];
    await rig.post([original(resolved, SECRET), original(nameless, SECRET)]);
    const { id } = await rig.ticketOf(resolved.id);
    await rig.agent(`/api/tickets/${id}`, { method: 'PATCH', json: { status: 'RESOLVED' } });
    await rig.post(revoke(resolved));
    await rig.post(update({ id: nameless.id, fromMe: false }, { message: null, messageStubType: 1 }));
    for (const to of [resolved, nameless]) {
      expect((await rig.messageOf(to.id)).revokedAt).not.toBeNull();
      expect((await rig.ticketOf(to.id)).lastMessagePreview).toBeNull();
    }
    expect((await rig.ticketOf(resolved.id)).status).toBe('RESOLVED');
  });

  test('a revoke told twice, by upsert and by update, is one fact', async () => {
    const to = target();
    await rig.post(original(to));
    expect(await rig.post(revoke(to))).toEqual({ queued: 1 });
    expect(await rig.post(update(keyOf(to), { message: null, messageStubType: 1 }))).toEqual({ duplicates: 1 });
  });

  test('a customer cannot revoke or edit what we wrote', async () => {
    const ours = target(true);
    await rig.post(original(ours, 'our words'));
    const forged = { ...ours, fromMe: false };
    expect(await rig.post([revoke(forged), edit(forged, 'their words')])).toEqual({ parked: 2 });
    expect(await rig.messageOf(ours.id)).toMatchObject({ content: 'our words', revokedAt: null });
  });
});

describe('reactions', () => {
  test('one reaction an author, the newest; the removal takes it away; all orders end alike', async () => {
    for (const order of orders([0, 1, 2, 3])) {
      const to = target();
      const deliveries = [
        original(to),
        reaction(to, '👍', { minutes: 20 }),
        reaction(to, '❤️', { minutes: 15 }),
        reaction(to, '🙏', { minutes: 18, fromMe: true }),
      ];
      for (const place of order) await rig.post(deliveries[place]);
      const { reactions } = await rig.messageOf(to.id);
      expect(reactions.map(({ author, emoji }) => [author, emoji])).toEqual([
        [to.phone, '❤️'],
        ['me', '🙏'],
      ]);
    }
  });

  test.each([[''], [null]])(
    'a removal told as %j is not shown, and a late older reaction does not come back',
    async (text) => {
      const to = target();
      await rig.post([original(to), reaction(to, '👍', { minutes: 20 })]);
      const events = await rig.eventsDuring(() => rig.post(reaction(to, text, { minutes: 10 })));
      expect(events).toMatchObject([
        { type: 'message.updated', payload: { message: { reactions: [] }, changes: ['reaction'] } },
      ]);
      await rig.post(reaction(to, '😀', { minutes: 15 }));
      expect((await rig.messageOf(to.id)).reactions).toEqual([]);
    },
  );

  test('a reaction is no message: no ticket, no unread, no preview', async () => {
    const to = target();
    expect(await rig.post(reaction(to, '👍'))).toEqual({ parked: 1 });
    expect(await rig.rows('select 1 from contact_aliases where value = $1', [to.phone])).toEqual([]);
    await rig.post(original(to, 'the line'));
    await rig.post(reaction(to, '👍', { minutes: 1, fromMe: true }));
    expect(await rig.ticketOf(to.id)).toMatchObject({ unread: 1, lastMessagePreview: 'the line' });
  });
});
