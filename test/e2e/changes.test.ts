// Statuses, edits, revokes, reactions and late content, in any order and before their message (DESIGN 2, 4.4 d).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '@recado/contracts';
import { expireParked } from '../../apps/api/dist/jobs/expire-parked.js';
import { bootWebhooks, envelope, jidOf, secondsAgo, ago, unique, uniquePhone, update, upsert } from './webhook-rig.js';
import type { WebhookRig } from './webhook-rig.js';

let rig: WebhookRig;
beforeAll(async () => {
  rig = await bootWebhooks();
});
afterAll(() => rig.close());

interface Target {
  id: string;
  phone: string;
  fromMe: boolean;
}

function target(fromMe = false): Target {
  return { id: unique('target'), phone: uniquePhone(), fromMe };
}
function keyOf({ id, phone, fromMe }: Target) {
  return { remoteJid: jidOf(phone), fromMe, id, participant: '' };
}
function original({ id, phone, fromMe }: Target, text = 'before', at = ago(30)) {
  return envelope({ id, phone, text, at, type: fromMe ? 'MESSAGE_OUTBOUND' : 'MESSAGE_INBOUND' });
}
function status(to: Target, state: number | string, minutes = 20) {
  return update(keyOf(to), { status: state, messageTimestamp: secondsAgo(minutes) });
}
function edit(to: Target, text: string, { id = unique('edit'), minutes = 20 } = {}) {
  const protocolMessage = {
    key: { id: to.id },
    type: 14,
    editedMessage: { conversation: text },
    timestampMs: secondsAgo(minutes) * 1000,
  };
  return upsert({ key: { ...keyOf(to), id }, messageTimestamp: secondsAgo(minutes), message: { protocolMessage } });
}
function revoke(to: Target, { id = unique('revoke'), minutes = 10 } = {}) {
  const protocolMessage = { key: { id: to.id }, type: 'REVOKE' };
  return upsert({ key: { ...keyOf(to), id }, messageTimestamp: secondsAgo(minutes), message: { protocolMessage } });
}
function reaction(to: Target, text: string | null, { minutes = 20, fromMe = false } = {}) {
  const reactionMessage = {
    key: keyOf(to),
    ...(text !== null && { text }),
    senderTimestampMs: secondsAgo(minutes) * 1000,
  };
  const key = { ...keyOf(to), fromMe, id: unique('reaction') };
  return upsert({ key, messageTimestamp: secondsAgo(minutes), message: { reactionMessage } });
}
/** All orders of a list. */
function orders<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, at) => orders(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]));
}
const shown = ({ status: state, content, editedAt, revokedAt, reactions }: Message) => ({
  ...{ status: state, content, editedAt, revokedAt, reactions },
});

describe('statuses', () => {
  test('any order of the message, sent, delivered and read ends as READ, each state with its own time', async () => {
    const states = [2, '3', 'READ'];
    for (const order of orders([0, 1, 2, 3])) {
      const to = target(true);
      const deliveries = [original(to), ...states.map((state, n) => status(to, state, 20 - n))];
      for (const place of order) await rig.post(deliveries[place]);
      expect((await rig.messageOf(to.id)).status).toBe('READ');
      const [row] = await rig.rows('select delivered_at, read_at from messages where external_id = $1', [to.id]);
      expect(row?.['delivered_at']).toEqual(new Date(secondsAgo(19) * 1000));
      expect(row?.['read_at']).toEqual(new Date(secondsAgo(18) * 1000));
    }
  });

  test('a lower rank is ignored as status_regression, a repetition is a duplicate, and neither is told', async () => {
    const to = target(true);
    await rig.post([original(to), status(to, 4)]);
    const events = await rig.eventsDuring(async () => {
      expect(await rig.post(status(to, 4))).toEqual({ duplicates: 1 });
      expect(await rig.post(status(to, 3))).toEqual({ ignored: 1 });
      expect(await rig.post(status(to, 1))).toEqual({ ignored: 1 });
    });
    expect(events).toEqual([]);
    expect((await rig.messageOf(to.id)).status).toBe('READ');
    const reasons = (await rig.ledgerOf(to.id)).map(({ reason }) => reason);
    expect(reasons).toEqual(['ok', 'ok', 'duplicate', 'status_regression', 'status_regression']);
  });

  test('FAILED comes after SENT with its reason, and never after DELIVERED', async () => {
    const [failed, delivered] = [target(true), target(true)];
    const error = { status: 0, messageStubParameters: ['463'], messageTimestamp: secondsAgo(5) };
    await rig.post([original(failed), original(delivered), status(delivered, 3)]);
    const events = await rig.eventsDuring(() =>
      rig.post([update(keyOf(failed), error), update(keyOf(delivered), error)]),
    );
    expect((await rig.messageOf(failed.id)).status).toBe('FAILED');
    expect((await rig.messageOf(delivered.id)).status).toBe('DELIVERED');
    expect(events).toMatchObject([
      { type: 'message.status', payload: { externalId: failed.id, status: 'FAILED', reason: '463' } },
    ]);
  });

  test('READ on an inbound message is its own status and leaves the customer’s words alone', async () => {
    const to = target();
    await rig.post(original(to, 'hello'));
    expect(await rig.post(status(to, 'READ'))).toEqual({ queued: 1 });
    expect(await rig.messageOf(to.id)).toMatchObject({ direction: 'INBOUND', status: 'READ', content: 'hello' });
  });

  test('a status of one instance never touches the same id in another', async () => {
    const to = target(true);
    const other = await rig.createInstance();
    await rig.post([original(to), { ...original(to), instanceId: other }]);
    await rig.post(status(to, 4));
    const rows = await rig.rows(
      'select instance_id, status from messages where external_id = $1 order by instance_id',
      [to.id],
    );
    expect(rows).toEqual([
      { instance_id: 'demo', status: 'READ' },
      { instance_id: other, status: 'SENT' },
    ]);
  });

  test('an early status waits as parked and its ledger row learns the verdict', async () => {
    const to = target(true);
    expect(await rig.post(status(to, 3))).toEqual({ parked: 1 });
    expect(await rig.post(status(to, 3))).toEqual({ duplicates: 1 });
    expect(await rig.ledgerOf(to.id)).toMatchObject([{ verdict: 'parked', reason: 'parked_early_status' }, {}]);
    await rig.post(original(to));
    expect(await rig.ledgerOf(to.id)).toMatchObject([
      { kind: 'status', verdict: 'accepted', reason: 'ok' },
      { kind: 'status', verdict: 'duplicate' },
      { kind: 'echo', verdict: 'accepted' },
    ]);
    expect(await rig.rows('select 1 from parked_events where target_id = $1', [to.id])).toEqual([]);
  });

  test('a change whose message never came is ignored as orphan after 7 days', async () => {
    const to = target(true);
    await rig.post(status(to, 3));
    const run = (days: number) =>
      expireParked.run({
        ...{ config: rig.ctx.config, db: rig.ctx.db, signal: rig.ctx.stopping },
        now: new Date(Date.now() + days * 86_400_000),
      });
    await run(6.99);
    expect(await rig.ledgerOf(to.id)).toMatchObject([{ verdict: 'parked' }]);
    await run(7.01);
    expect(await rig.ledgerOf(to.id)).toMatchObject([{ verdict: 'ignored', reason: 'orphan' }]);
    expect(await rig.rows('select 1 from parked_events where target_id = $1', [to.id])).toEqual([]);
  });
});

describe('edits', () => {
  test('two edits and the message, in any order, end with the newest text', async () => {
    for (const order of orders([0, 1, 2])) {
      const to = target();
      const deliveries = [original(to), edit(to, 'first', { minutes: 20 }), edit(to, 'second', { minutes: 10 })];
      for (const place of order) await rig.post(deliveries[place]);
      const message = await rig.messageOf(to.id);
      expect(message).toMatchObject({ content: 'second', editedAt: new Date(secondsAgo(10) * 1000).toISOString() });
      expect((await rig.ticketOf(to.id)).lastMessagePreview).toBe('second');
    }
  });

  test('an edit is told once as message.updated and moves the preview of the last message only', async () => {
    const to = target();
    const last = envelope({ phone: to.phone, text: 'the last line' });
    await rig.post([original(to), last]);
    const change = edit(to, 'after', { id: unique('edit') });
    const events = await rig.eventsDuring(async () => {
      expect(await rig.post(change)).toEqual({ queued: 1 });
      expect(await rig.post(change)).toEqual({ duplicates: 1 });
    });
    expect(events).toMatchObject([
      { type: 'message.updated', payload: { message: { content: 'after' }, changes: ['edit'] } },
    ]);
    expect((await rig.ticketOf(to.id)).lastMessagePreview).toBe('the last line');
  });

  test('an edit by messages.update means the message it names', async () => {
    const to = target();
    await rig.post(original(to));
    const message = { editedMessage: { message: { conversation: 'by update' } } };
    expect(await rig.post(update(keyOf(to), { message, messageTimestamp: secondsAgo(5) }))).toEqual({ queued: 1 });
    expect((await rig.messageOf(to.id)).content).toBe('by update');
  });

  test('an edit of a caption leaves the rest of the media alone', async () => {
    const to = target();
    await rig.post(envelope({ ...to, message: { imageMessage: { mimetype: 'image/png', caption: 'old' } } }));
    const editedMessage = { imageMessage: { caption: 'new' } };
    const protocolMessage = { key: { id: to.id }, type: 'MESSAGE_EDIT', editedMessage };
    await rig.post(upsert({ key: { ...keyOf(to), id: unique('edit') }, message: { protocolMessage } }));
    expect(await rig.messageOf(to.id)).toMatchObject({
      type: 'IMAGE',
      caption: 'new',
      media: { mimeType: 'image/png' },
    });
  });
});

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

describe('placeholders', () => {
  test('an undecryptable placeholder is upgraded in place when the same id comes with content', async () => {
    const to = target();
    const stub = {
      key: keyOf(to),
      messageTimestamp: secondsAgo(10),
      messageStubType: 2,
      messageStubParameters: ['Bad MAC'],
    };
    await rig.post(upsert(stub));
    const placeholder = await rig.messageOf(to.id);
    expect(placeholder).toMatchObject({ type: 'UNSUPPORTED', content: null });
    const real = upsert({
      key: keyOf(to),
      messageTimestamp: secondsAgo(10),
      message: { conversation: 'readable now' },
    });
    const events = await rig.eventsDuring(async () => {
      expect(await rig.post(real)).toEqual({ queued: 1 });
      expect(await rig.post(real)).toEqual({ duplicates: 1 });
      expect(await rig.post(upsert(stub))).toEqual({ duplicates: 1 });
    });
    const upgraded = await rig.messageOf(to.id);
    expect(shown(upgraded)).toEqual({ ...shown(placeholder), content: 'readable now' });
    expect(upgraded).toMatchObject({ id: placeholder.id, type: 'TEXT' });
    expect(events.map(({ type }) => type)).toEqual(['message.updated', 'ticket.updated']);
    expect(events[0]?.payload).toMatchObject({ changes: ['content'], message: { content: 'readable now' } });
    expect(await rig.ticketOf(to.id)).toMatchObject({
      lastMessagePreview: 'readable now',
      unread: 1,
      metadata: { timeline: { inboundCount: 1 } },
    });
  });

  test('a placeholder upgraded to an image gets its media lane', async () => {
    const to = target();
    await rig.post(upsert({ key: keyOf(to), messageTimestamp: secondsAgo(10), messageStubType: 2 }));
    const imageMessage = { mimetype: 'image/jpeg', url: 'https://mmg.whatsapp.net/x', mediaKey: 'AQID' };
    await rig.post(upsert({ key: keyOf(to), messageTimestamp: secondsAgo(10), message: { imageMessage } }));
    const { id, media } = await rig.messageOf(to.id);
    expect(media).toMatchObject({ state: 'pending', mimeType: 'image/jpeg' });
    expect(await rig.rows('select 1 as one from media_jobs where message_id = $1', [id])).toEqual([{ one: 1 }]);
  });
});
