// Statuses, edits and late content, in any order and before their message (DESIGN 2, 4.4 d).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '@recado/contracts';
import { expireParked } from '../../apps/api/dist/jobs/expire-parked.js';
import { edit, keyOf, orders, original, status, target } from './changes-rig.js';
import { bootWebhooks, envelope, secondsAgo, unique, update, upsert } from './webhook-rig.js';
import type { WebhookRig } from './webhook-rig.js';

let rig: WebhookRig;
beforeAll(async () => {
  rig = await bootWebhooks();
});
afterAll(() => rig.close());

const shown = ({ status: state, content, editedAt, revokedAt, reactions }: Message) => ({
  status: state,
  content,
  editedAt,
  revokedAt,
  reactions,
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
        config: rig.ctx.config,
        db: rig.ctx.db,
        signal: rig.ctx.stopping,
        now: new Date(Date.now() + days * 864e5),
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
