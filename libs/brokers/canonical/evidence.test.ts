// Who a message is from, and which instance it came through.
import { describe, expect, test } from 'vitest';
import { canonical } from './canonical.js';

const SAMPLE = {
  id: 'wamid-123',
  type: 'MESSAGE_INBOUND',
  instanceId: 'instance-42',
  timestamp: '2024-05-02T13:05:00.000Z',
  payload: {
    instanceId: 'instance-42',
    timestamp: '2024-05-02T13:05:00.000Z',
    contact: { phone: '+5511999999999', name: 'Maria', registrations: ['ABC123'] },
    message: { conversation: 'Oi!', imageMessage: { mimetype: 'image/jpeg' } },
    metadata: { broker: 'baileys', timestamp: 1714655100 },
  },
};
const PN = '5511977770001@s.whatsapp.net';
const LID = '88110022003300@lid';
const WA = {
  key: { remoteJid: PN, fromMe: false, id: '3EB0A' },
  messageTimestamp: 1749300000,
  pushName: 'Zuleica',
  message: { conversation: 'bom dia' },
};
function parse(body: unknown, hints: { instanceId?: string; event?: string } = { instanceId: 'instance-42' }) {
  return [...canonical.parse(body, hints)];
}
function envelope(payload: object, outside: object = {}) {
  return { ...SAMPLE, ...outside, payload: { ...SAMPLE.payload, ...payload } };
}
/** What an item is, in short: the event's kind and id, or the verdict and reason. */
function brief(body: unknown, hints?: { instanceId?: string; event?: string }): string[] {
  return parse(body, hints).map((item) => {
    if (!('event' in item)) return `${item.verdict} ${item.reason}`;
    const { event } = item;
    if (event.kind === 'message') return `message ${event.externalId} ${event.direction}`;
    return 'targetId' in event ? `${event.kind} ${event.targetId}` : event.kind;
  });
}

function aliasesOf(payload: object) {
  const [item] = parse(envelope(payload));
  return item !== undefined && 'event' in item && item.event.kind === 'message'
    ? item.event.chat.aliases.map(({ kind, value }) => `${kind} ${value}`)
    : item;
}

describe('who it is', () => {
  test('a phone that is the hidden id written as digits is none, and is not shown', () => {
    const message = { ...WA, key: { ...WA.key, remoteJid: LID } };
    expect(aliasesOf({ contact: { phone: '+88110022003300' }, message })).toEqual([`lid ${LID}`]);
    expect(parse(envelope({ contact: { phone: '+88110022003300' }, message }))).toMatchObject([
      { event: { contact: { phone: null } } },
    ]);
  });
  test('the address of another number beside the phone counts for nothing', () => {
    const message = { conversation: 'Oi' };
    const contact = { phone: '+5511977770001', jid: '5521977770001@s.whatsapp.net' };
    expect(aliasesOf({ contact, message })).toEqual(['phone +5511977770001']);
    expect(aliasesOf({ contact: { ...contact, jid: PN }, message })).toEqual(['phone +5511977770001', `jid ${PN}`]);
  });
  test('the contact, the key and the metadata are evidence of one person', () => {
    expect(
      aliasesOf({
        contact: { phone: '+55 11 7777-0001' },
        message: { ...WA, key: { ...WA.key, remoteJid: LID, remoteJidAlt: PN } },
      }),
    ).toEqual(['phone +55 11 7777-0001', `jid ${PN}`, `lid ${LID}`]);
    expect(aliasesOf({ contact: {}, metadata: { chatId: LID, remoteJidAlt: PN } })).toEqual([
      'phone +5511977770001',
      `jid ${PN}`,
      `lid ${LID}`,
    ]);
    expect(aliasesOf({ contact: { phone: '+5511977770001', lid: '88110022003300', username: 'zu' } })).toEqual([
      'phone +5511977770001',
      `lid ${LID}`,
      'username zu',
    ]);
  });
  test('a phone that is a hidden id is no phone', () => {
    expect(aliasesOf({ contact: { phone: LID } })).toEqual([`lid ${LID}`]);
  });
  test('unknown contact keys stay under its metadata', () => {
    const [item] = parse(envelope({ contact: { phone: '+5511', crmId: 7 } }));
    expect(item).toMatchObject({ event: { contact: { metadata: { crmId: 7 } } } });
  });
  test('a group told by the metadata has the contact as its author', () => {
    expect(parse(envelope({ metadata: { remoteJid: '1203630@g.us' } }))).toMatchObject([
      {
        event: {
          chat: { kind: 'group', jid: '1203630@g.us', aliases: [] },
          author: { aliases: [{ value: '+5511999999999' }] },
        },
      },
    ]);
  });
  test('what the key says of the direction counts more than the envelope', () => {
    expect(brief(envelope({ message: { ...WA, key: { ...WA.key, fromMe: true } } }))).toEqual([
      'message 3EB0A OUTBOUND',
    ]);
  });
  test('bare changes take their chat from the contact', () => {
    const message = { reactionMessage: { key: { id: 'T' }, text: '👍' } };
    expect(parse(envelope({ message }))).toMatchObject([
      { event: { kind: 'reaction', targetId: 'T', author: '+5511999999999' } },
    ]);
  });
});

describe('the instance', () => {
  test('the body must agree with the door', () => {
    expect(parse(SAMPLE, { instanceId: 'another' })).toMatchObject([
      { instanceId: 'another', verdict: 'rejected', reason: 'instance_mismatch' },
    ]);
    expect(brief({ instanceId: 'another', events: [WA] })).toEqual(['rejected instance_mismatch']);
  });
  test('a wrapper may name it for all', () => {
    const items = parse({ instanceId: 'shop', events: [WA, { ...WA, instanceId: 'kiosk' }] }, {});
    expect(items.map((item) => item.instanceId)).toEqual(['shop', 'kiosk']);
  });
  test('named by nobody it is refused', () => {
    expect(parse(WA, {})).toMatchObject([
      { instanceId: null, reason: 'invalid_contract', issues: [{ path: 'instanceId' }] },
    ]);
  });
  test('the event may be named by the path', () => {
    expect(brief({ data: [{ id: PN, notify: 'Zu' }] }, { instanceId: 'a', event: 'contacts-upsert' })).toEqual([
      'contact',
    ]);
  });
});
