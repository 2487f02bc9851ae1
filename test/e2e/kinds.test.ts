// The kinds of brokers.md 1.6-1.10 through the whole service: lines, polls, albums, changed numbers, edits in three spellings.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { edit, keyOf, original, orders, reaction, target } from './changes-rig.js';
import type { Target } from './changes-rig.js';
import { ago, bootWebhooks, envelope, jidOf, secondsAgo, unique, uniquePhone, update, upsert } from './webhook-rig.js';
import type { WebhookRig } from './webhook-rig.js';

let rig: WebhookRig;
beforeAll(async () => {
  rig = await bootWebhooks();
});
afterAll(() => rig.close());

const AT = secondsAgo(30);
function raw(to: Target, parts: object) {
  return upsert({ key: keyOf(to), messageTimestamp: AT, ...parts });
}
function event(name: string, data: unknown) {
  return { event: name, instanceId: 'demo', data };
}

describe('lines that nobody wrote', () => {
  test('a missed call is news: it opens a ticket, is unread, and its call event is a duplicate in any order', async () => {
    for (const order of orders([0, 1, 2])) {
      const to = target();
      const ring = { id: to.id, from: jidOf(to.phone), date: ago(30), isVideo: true, isGroup: false };
      const told = [
        raw(to, { messageStubType: 41 }),
        event('call', [{ ...ring, status: 'timeout' }]),
        event('call', [{ ...ring, status: 'offer' }]),
      ];
      const counts = [];
      for (const place of order) counts.push(await rig.post(told[place]));
      expect(counts).toHaveLength(3);
      expect(counts).toEqual(expect.arrayContaining([{ queued: 1 }, { duplicates: 1 }, { ignored: 1 }]));
      expect(await rig.messageOf(to.id)).toMatchObject({
        type: 'SYSTEM',
        direction: 'INBOUND',
        content: null,
        metadata: { kind: 'missed_call', video: true, group: false },
      });
      expect(await rig.ticketOf(to.id)).toMatchObject({ status: 'OPEN', unread: 1 });
    }
  });

  test('a setting of messages that disappear is a quiet line: nothing opens and nothing is unread', async () => {
    const [to, setting] = [target(), target()];
    await rig.post(original(to));
    const { id, unread } = await rig.ticketOf(to.id);
    await rig.agent(`/api/tickets/${id}`, { method: 'PATCH', json: { status: 'RESOLVED' } });
    const protocolMessage = { type: 'EPHEMERAL_SETTING', ephemeralExpiration: 604_800 };
    await rig.post(raw({ ...to, id: setting.id }, { message: { protocolMessage } }));
    expect(await rig.messageOf(setting.id)).toMatchObject({
      type: 'SYSTEM',
      metadata: { kind: 'ephemeral_setting', seconds: 604_800 },
    });
    const tickets = await rig.ticketsOf(to.id);
    expect(tickets.filter(({ status }) => status === 'OPEN')).toEqual([]);
    expect(tickets.find((ticket) => ticket.id === id)).toMatchObject({ status: 'RESOLVED', unread });
  });

  test('a quiet line beside a conversation is part of it, told with the first message or later, and older than it', async () => {
    const setting = { message: { protocolMessage: { type: 3, ephemeralExpiration: 604_800 } } };
    for (const isFirst of [true, false]) {
      const to = target();
      const line = (id: string) => ({ key: keyOf({ ...to, id }), messageTimestamp: secondsAgo(90), ...setting });
      const words = { key: keyOf(to), messageTimestamp: AT, message: { conversation: 'Oi' } };
      const [beside, later] = [unique('line'), unique('line')];
      const messages = isFirst ? [line(beside), words] : [words, line(beside)];
      expect(await rig.post({ instanceId: 'demo', type: 'notify', messages })).toEqual({ queued: 2 });
      await rig.post(upsert({ ...line(later), messageTimestamp: secondsAgo(10) }));
      expect(await rig.ticketsOf(to.id)).toMatchObject([{ status: 'OPEN', unread: 1, lastMessagePreview: 'Oi' }]);
      const { ticketId } = await rig.messageOf(to.id);
      for (const id of [beside, later]) expect(await rig.messageOf(id)).toMatchObject({ ticketId });
    }
  });

  test('a change of a group is ignored unless its instance takes groups, then it is a quiet line', async () => {
    const instanceId = await rig.createInstance(null, { groupPolicy: 'accept' });
    const key = { remoteJid: '120363000000000001@g.us', fromMe: false, participant: jidOf(uniquePhone()) };
    const line = (id: string) => ({
      key: { ...key, id },
      messageTimestamp: AT,
      messageStubType: 27,
      messageStubParameters: [jidOf(uniquePhone())],
    });
    expect(await rig.post(upsert(line(unique('stub'))))).toEqual({ ignored: 1 });
    const id = unique('stub');
    expect(await rig.post(upsert(line(id), { instanceId }))).toEqual({ queued: 1 });
    expect(await rig.messageOf(id)).toMatchObject({
      type: 'SYSTEM',
      metadata: { kind: 'group_change', change: 'add' },
    });
    expect(await rig.ticketOf(id)).toMatchObject({ unread: 0 });
  });
});

describe('what cannot be read says so', () => {
  const targetKey = { remoteJid: 'x', id: 'TARGET' };
  test.each<[string, object, string]>([
    ['a vote', { pollUpdateMessage: { pollCreationMessageKey: targetKey, vote: { encPayload: 'AQ==' } } }, 'poll_vote'],
    ['a reaction', { encReactionMessage: { targetMessageKey: targetKey, encPayload: 'AQ==' } }, 'unreadable_reaction'],
    ['an edit', { secretEncryptedMessage: { targetMessageKey: targetKey, secretEncType: 2 } }, 'unreadable_edit'],
    ['a comment', { encCommentMessage: { targetMessageKey: targetKey } }, 'unreadable_reply'],
  ])('%s is ignored with its own reason and counted under it', async (_, message, reason) => {
    const to = target();
    const line = `whatsapp_webhook_events_total{result="ignored",reason="${reason}",payload_type="message"}`;
    const before = await rig.metric(line);
    expect(await rig.post(raw(to, { message }))).toEqual({ ignored: 1 });
    expect(await rig.ledgerOf(to.id)).toMatchObject([{ verdict: 'ignored', reason }]);
    expect(await rig.metric(line)).toBe(before + 1);
    expect(await rig.messagesOf(to.id)).toEqual([]);
  });
});

describe('what a screen groups and shows', () => {
  test('a poll shows its question and options, and a vote changes nothing', async () => {
    const to = target();
    const pollCreationMessageV3 = {
      name: 'Quando?',
      options: [{ optionName: 'hoje' }, { optionName: 'amanhã' }],
      selectableOptionsCount: 1,
    };
    await rig.post(raw(to, { message: { messageContextInfo: { messageSecret: 'x' }, pollCreationMessageV3 } }));
    const poll = await rig.messageOf(to.id);
    expect(poll).toMatchObject({
      type: 'POLL',
      content: 'Quando?',
      metadata: { options: ['hoje', 'amanhã'], selectable: 1 },
    });
    const pollUpdateMessage = { pollCreationMessageKey: keyOf(to), vote: { encPayload: 'AQ==', encIv: 'Ag==' } };
    await rig.post(raw({ ...to, id: unique('vote') }, { message: { pollUpdateMessage } }));
    expect(await rig.messageOf(to.id)).toEqual(poll);
  });

  test('pictures of an album name it and their place there, whichever came first; the album is no bubble', async () => {
    for (const order of orders([0, 1, 2])) {
      const [to, one, two] = [target(), unique('one'), unique('two')];
      const child = (id: string, messageIndex: number) => {
        const messageAssociation = { associationType: 'MEDIA_ALBUM', parentMessageKey: keyOf(to), messageIndex };
        return raw(
          { ...to, id },
          { message: { messageContextInfo: { messageAssociation }, imageMessage: { mimetype: 'image/jpeg' } } },
        );
      };
      const deliveries = [
        raw(to, { message: { albumMessage: { expectedImageCount: 2 } } }),
        child(one, 0),
        child(two, 1),
      ];
      for (const place of order) await rig.post(deliveries[place]);
      expect(await rig.messagesOf(to.id)).toEqual([]);
      expect((await rig.messageOf(one)).metadata['album']).toEqual({ parentId: to.id, index: 0 });
      expect((await rig.messageOf(two)).metadata['album']).toEqual({ parentId: to.id, index: 1 });
      expect(await rig.ledgerOf(to.id)).toMatchObject([{ verdict: 'ignored', reason: 'album_parent' }]);
    }
  });

  test('what is quoted is told also when it was never here', async () => {
    const to = target();
    const contextInfo = {
      stanzaId: 'NEVER-SEEN',
      participant: jidOf(to.phone),
      quotedMessage: { conversation: 'pedido 4471' },
    };
    await rig.post(raw(to, { message: { extendedTextMessage: { text: 'esse', contextInfo } } }));
    expect(await rig.messageOf(to.id)).toMatchObject({
      content: 'esse',
      quotedMessageId: 'NEVER-SEEN',
      metadata: { quoted: { author: jidOf(to.phone), kind: 'conversation', text: 'pedido 4471' } },
    });
  });
});

describe('who is who', () => {
  const contactsOf = async (ids: string[]) =>
    new Set((await Promise.all(ids.map((id) => rig.ticketOf(id)))).map(({ contact }) => contact.id));

  test.each([
    ['42', 42],
    ['213', 213],
  ])('stub %s joins the two addresses of one person and their conversations', async (_, messageStubType) => {
    const [old, fresh] = [target(), target()];
    const lid = `8811${unique('').slice(1).padStart(10, '0')}@lid`;
    const key = messageStubType === 213 ? { remoteJid: lid, fromMe: false, id: fresh.id } : keyOf(fresh);
    await rig.post(original(old));
    await rig.post(upsert({ key, messageTimestamp: AT, message: { conversation: 'new address' } }));
    expect((await contactsOf([old.id, fresh.id])).size).toBe(2);
    const stub = raw({ ...old, id: unique('stub') }, { messageStubType, messageStubParameters: [key.remoteJid] });
    const events = await rig.eventsDuring(async () => {
      await rig.post(stub);
      expect(await rig.post(stub)).toEqual({ duplicates: 1 });
    });
    expect(events.map(({ type }) => type)).toContain('contact.merged');
    expect((await contactsOf([old.id, fresh.id])).size).toBe(1);
    expect((await rig.ticketsOf(old.id)).filter(({ status }) => status === 'OPEN')).toHaveLength(1);
  });

  test('the sync of the own phone joins whom it names; the same from a customer joins nobody', async () => {
    const [phone, hidden] = [target(), target()];
    const lid = `8822${unique('').slice(1).padStart(10, '0')}`;
    await rig.post(original(phone));
    await rig.post(
      upsert({
        key: { remoteJid: `${lid}@lid`, fromMe: false, id: hidden.id },
        messageTimestamp: AT,
        message: { conversation: 'oi' },
      }),
    );
    const sync = (fromMe: boolean) => {
      const pnToLidMappings = [{ pn: phone.phone.slice(1), assignedLid: lid }];
      const protocolMessage = {
        type: 'LID_MIGRATION_MAPPING_SYNC',
        lidMigrationMappingSyncMessage: { pnToLidMappings },
      };
      return upsert({
        key: { ...keyOf(phone), fromMe, id: unique('sync') },
        category: 'peer',
        message: { protocolMessage },
      });
    };
    await rig.post(sync(false));
    expect((await contactsOf([phone.id, hidden.id])).size).toBe(2);
    await rig.post(sync(true));
    expect((await contactsOf([phone.id, hidden.id])).size).toBe(1);
  });

  test('who reacts by the hidden id after the phone replaces the reaction', async () => {
    const to = target();
    const lid = `8833${unique('').slice(1).padStart(10, '0')}@lid`;
    await rig.post([original(to), event('lid-mapping.update', [{ lid, pn: jidOf(to.phone) }])]);
    await rig.post(reaction(to, '👍', { minutes: 9 }));
    const reactionMessage = { key: keyOf(to), text: '', senderTimestampMs: secondsAgo(8) * 1000 };
    const key = { remoteJid: lid, fromMe: false, id: unique('reaction') };
    await rig.post(upsert({ key, messageTimestamp: secondsAgo(8), message: { reactionMessage } }));
    expect((await rig.messageOf(to.id)).reactions).toEqual([]);
  });
});

test('an edit by our own phone in its three spellings is one edit, in any order', async () => {
  const protocolMessage = (to: Target) => ({
    // The phone's view of the key: it calls itself the author.
    key: { remoteJid: 'whoever@lid', fromMe: true, id: to.id },
    type: 14,
    editedMessage: { extendedTextMessage: { text: 'corrected' } },
    timestampMs: String(secondsAgo(5) * 1000 + 250),
  });
  for (const order of orders([0, 1, 2])) {
    const to = target(true);
    const [id, messageTimestamp] = [unique('edit'), secondsAgo(5)];
    const spellings = [
      upsert({ key: { ...keyOf(to), id }, messageTimestamp, message: { protocolMessage: protocolMessage(to) } }),
      upsert({
        key: { ...keyOf(to), id },
        messageTimestamp,
        message: { editedMessage: { message: { protocolMessage: protocolMessage(to) } } },
      }),
      update(keyOf(to), { message: { editedMessage: { message: { conversation: 'corrected' } } }, messageTimestamp }),
    ];
    await rig.post(original(to));
    const events = await rig.eventsDuring(async () => {
      for (const place of order) await rig.post(spellings[place]);
    });
    expect(events.map(({ type }) => type)).toEqual(['message.updated', 'ticket.updated']);
    expect(await rig.messageOf(to.id)).toMatchObject({
      direction: 'OUTBOUND',
      content: 'corrected',
      editedAt: new Date(secondsAgo(5) * 1000 + 250).toISOString(),
    });
  }
});

test('an edit of one customer never touches the same id of another', async () => {
  const [to, other] = [target(), target()];
  await rig.post([original(to), envelope({ id: to.id, phone: other.phone, text: 'untouched' })]);
  await rig.post(edit(to, 'mine'));
  expect((await rig.messagesOf(to.id)).map(({ content }) => content)).toEqual(
    expect.arrayContaining(['mine', 'untouched']),
  );
});
