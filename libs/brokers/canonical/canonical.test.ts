// Every body form of clients.md, "Brokers posting", through the canonical door.
import { describe, expect, test } from 'vitest';
import { brokerOf } from '../registry.js';
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
const ACK = { key: { remoteJid: PN, fromMe: true, id: 'SENT1' }, update: { status: 3 } };

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

test("the contract's own sample", () => {
  expect(parse(SAMPLE, {})).toMatchObject([
    {
      instanceId: 'instance-42',
      raw: SAMPLE,
      event: {
        kind: 'message',
        broker: 'baileys',
        at: '2024-05-02T13:05:00.000Z',
        externalId: 'wamid-123',
        direction: 'INBOUND',
        origin: 'live',
        chat: { kind: 'person', jid: null, aliases: [{ kind: 'phone', value: '+5511999999999' }] },
        contact: { phone: '+5511999999999', name: 'Maria', registrations: ['ABC123'], document: null },
        author: null,
        type: 'IMAGE',
        content: 'Oi!',
        caption: null,
        media: { kind: 'image', mimeType: 'image/jpeg', source: null },
      },
    },
  ]);
});

describe('body forms', () => {
  const sample = 'message wamid-123 INBOUND';
  const upsert = { messages: [WA], type: 'notify' };
  const FORMS: [string, unknown, string[]][] = [
    ['an envelope', SAMPLE, [sample]],
    ['an array', [SAMPLE, SAMPLE], [sample, sample]],
    ['{events}', { events: [SAMPLE] }, [sample]],
    ['{items}', { items: [SAMPLE], nextCursor: 'c' }, [sample]],
    ['{body}', { body: SAMPLE }, [sample]],
    ['these inside each other', [{ body: { events: [{ body: SAMPLE }] } }], [sample]],
    ['nothing at all', { events: [] }, []],
    ['type in dots', { ...SAMPLE, type: 'message.inbound' }, [sample]],
    ['type in dashes', { ...SAMPLE, type: 'message-inbound' }, [sample]],
    ['an echo', { ...SAMPLE, type: 'MESSAGE_OUTBOUND' }, ['message wamid-123 OUTBOUND']],
    [
      'an echo that names only its recipient',
      envelope({ contact: undefined, to: '+5511' }, { type: 'MESSAGE_OUTBOUND' }),
      ['message wamid-123 OUTBOUND'],
    ],
    ['an upsert as emitted', upsert, ['message 3EB0A INBOUND']],
    ['a bare WAMessage', WA, ['message 3EB0A INBOUND']],
    [
      'WHATSAPP_MESSAGES_UPSERT, raw',
      { event: 'WHATSAPP_MESSAGES_UPSERT', payload: { raw: upsert } },
      ['message 3EB0A INBOUND'],
    ],
    [
      'WHATSAPP_MESSAGES_UPSERT, list',
      { type: 'WHATSAPP_MESSAGES_UPSERT', payload: upsert },
      ['message 3EB0A INBOUND'],
    ],
    ['messages.upsert with data', { event: 'messages.upsert', data: WA }, ['message 3EB0A INBOUND']],
    [
      'messages-upsert with one message',
      { event: 'messages-upsert', payload: { message: WA } },
      ['message 3EB0A INBOUND'],
    ],
    [
      'WHATSAPP_MESSAGES_UPDATE, raw',
      { event: 'WHATSAPP_MESSAGES_UPDATE', payload: { raw: { updates: [ACK, ACK] } } },
      ['status SENT1', 'status SENT1'],
    ],
    [
      'WHATSAPP_MESSAGES_UPDATE, list',
      { type: 'WHATSAPP_MESSAGES_UPDATE', payload: { updates: [ACK] } },
      ['status SENT1'],
    ],
    ['an update list called update', { event: 'messages.update', payload: { update: [ACK] } }, ['status SENT1']],
    [
      'several updates of a key',
      { event: 'messages.update', data: { ...ACK, update: [{ status: 2 }, { status: 3 }] } },
      ['status SENT1', 'status SENT1'],
    ],
    ['a bare update list', [ACK], ['status SENT1']],
    ['receipts', [{ key: ACK.key, receipt: { readTimestamp: 1749300000 } }], ['status SENT1']],
    ['reactions', [{ key: ACK.key, reaction: { text: '👍', key: WA.key } }], ['reaction SENT1']],
    ['contacts', { event: 'contacts.update', data: [{ id: PN, notify: 'Zu' }, { id: LID }] }, ['contact', 'contact']],
    ['a mapping', { event: 'lid-mapping.update', data: { lid: LID, pn: PN } }, ['contact']],
    ['a connection', { event: 'connection.update', data: { connection: 'open' } }, ['instance']],
    ['a presence', { event: 'presence.update', data: { id: PN } }, ['ignored presence']],
    ['a call', { event: 'call', data: [{ id: 'c' }] }, ['ignored call']],
    ['a deletion on the phone alone', { event: 'messages.delete', data: { keys: [WA.key] } }, ['ignored chat_state']],
    ['an unknown event', { event: 'moon.phase', data: {} }, ['ignored unsupported_event']],
    [
      'a history',
      {
        event: 'messaging-history.set',
        data: { messages: [{ message: WA }], contacts: [{ id: PN }], lidPnMappings: [{ lid: LID, pn: PN }] },
      },
      ['message 3EB0A INBOUND', 'contact', 'contact'],
    ],
  ];
  test.each(FORMS)('%s', (_, body, expected) => expect(brief(body)).toEqual(expected));
  test.each(FORMS)('%s: what is kept raw can be read again', (_, body, expected) => {
    const again = parse(body).flatMap((item) => brief(item.raw));
    expect(again).toEqual(expected);
  });
});

describe('the envelope forgives what it can and refuses the rest', () => {
  test.each<[string, unknown, string]>([
    ['message missing', envelope({ message: undefined }), 'invalid_contract'],
    ['message a string', envelope({ message: 'Oi' }), 'invalid_contract'],
    ['message an array', envelope({ message: [] }), 'invalid_contract'],
    ['contact a string', envelope({ contact: 'Maria' }), 'invalid_contract'],
    ['payload missing', { ...SAMPLE, payload: undefined }, 'invalid_contract'],
    ['no id', { ...SAMPLE, id: '' }, 'missing_id'],
    ['no chat', envelope({ contact: { name: 'Maria' } }), 'missing_chat'],
    ['an item that is text', 'Oi', 'invalid_contract'],
    ['an item that is null', null, 'invalid_contract'],
    ['an empty object', {}, 'invalid_contract'],
  ])('%s', (_, body, reason) => {
    expect(parse(body)).toMatchObject([{ verdict: 'rejected', reason, issues: [{ message: expect.any(String) }] }]);
  });
  test('the issue names the path', () => {
    expect(parse(envelope({ message: 7 }))).toMatchObject([{ issues: [{ path: 'payload.message' }] }]);
  });
  test('a missing metadata or a contact told by the message itself is no reason to lose it', () => {
    expect(brief(envelope({ metadata: undefined }))).toEqual(['message wamid-123 INBOUND']);
    expect(brief(envelope({ contact: null, message: WA }))).toEqual(['message 3EB0A INBOUND']);
  });
  test('one poison item never fails its neighbours', () => {
    const poison = {
      ...SAMPLE,
      payload: {
        ...SAMPLE.payload,
        contact: new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error('boom');
            },
          },
        ),
      },
    };
    expect(brief([SAMPLE, poison, null, SAMPLE])).toEqual([
      'message wamid-123 INBOUND',
      'rejected invalid_contract',
      'rejected invalid_contract',
      'message wamid-123 INBOUND',
    ]);
  });
});

describe('time is payload.timestamp, else timestamp, else metadata.timestamp', () => {
  test.each([
    ['2024-05-02T13:05:00Z', 1, 2, '2024-05-02T13:05:00.000Z'],
    [undefined, 1714655160, 1714655220, '2024-05-02T13:06:00.000Z'],
    ['nonsense', 0, '1714655220', '2024-05-02T13:07:00.000Z'],
    [null, undefined, undefined, null],
  ])('%s, %s, %s', (inner, outer, meta, at) => {
    const body = envelope({ timestamp: inner, metadata: { timestamp: meta } }, { timestamp: outer });
    expect(parse(body)).toMatchObject([{ event: { at } }]);
  });
  test('a spelling that makes no sense is kept', () => {
    const body = envelope({ timestamp: 'soon', metadata: {} }, { timestamp: 0 });
    expect(parse(body)).toMatchObject([{ event: { at: null, atRaw: 'soon' } }]);
  });
  test('a raw message goes by its own time first', () => {
    const body = { event: 'messages.upsert', timestamp: '2020-01-01T00:00:00Z', data: WA };
    expect(parse(body)).toMatchObject([{ event: { at: '2025-06-07T12:40:00.000Z' } }]);
  });
});

test('the registry knows its brokers by name', () => {
  expect(brokerOf('canonical')).toBe(canonical);
  expect(brokerOf('toString')).toBeNull();
});

test('a form with many messages is read one by one, so that nobody waits for all of it', () => {
  let looked = 0;
  const messages = Array.from({ length: 1_000 }, () => ({
    get conversation() {
      looked += 1;
      return 'oi';
    },
  }));
  const body = {
    type: 'MESSAGE_INBOUND',
    id: 'form-1',
    instanceId: 'instance-42',
    payload: { contact: { phone: '+5511999999999' }, message: { messages }, metadata: {} },
  };
  const items = canonical.parse(body, {})[Symbol.iterator]();
  items.next();
  expect(looked).toBeLessThan(20);
});
