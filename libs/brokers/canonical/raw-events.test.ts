// Raw events that are no messages: connections, contacts; and the origin of those that are.
import { describe, expect, test } from 'vitest';
import { canonical } from './canonical.js';

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
/** What an item is, in short: the event's kind and id, or the verdict and reason. */
function brief(body: unknown, hints?: { instanceId?: string; event?: string }): string[] {
  return parse(body, hints).map((item) => {
    if (!('event' in item)) return `${item.verdict} ${item.reason}`;
    const { event } = item;
    if (event.kind === 'message') return `message ${event.externalId} ${event.direction}`;
    return 'targetId' in event ? `${event.kind} ${event.targetId}` : event.kind;
  });
}

describe('connection and origin', () => {
  test.each([
    [{ connection: 'open' }, { state: 'connected' }],
    [
      { connection: 'close', lastDisconnect: { error: { output: { statusCode: 401 } } } },
      { state: 'disconnected', detail: 'logged out' },
    ],
    [{ qr: '2@abc' }, { state: 'qr', qr: '2@abc' }],
  ])('%j', (data, expected) => {
    expect(parse({ event: 'connection.update', data })).toMatchObject([{ event: { kind: 'instance', ...expected } }]);
  });
  test.each([
    [{ messages: [WA], type: 'notify' }, 'live'],
    [{ messages: [WA], type: 'append' }, 'append'],
    [{ event: 'messages.set', data: { messages: [WA] } }, 'history'],
  ])('the origin of %j is %s', (body, origin) => {
    expect(parse(body)).toMatchObject([{ event: { origin } }]);
    expect(parse(parse(body)[0]?.raw)).toMatchObject([{ event: { origin } }]);
  });
});

test.each(['append', 'history'])('an upsert of type %s inside an envelope keeps its origin, also alone', (type) => {
  const payload = { contact: {}, message: { type, messages: [WA, { ...WA, key: { ...WA.key, id: '3EB0B' } }] } };
  const items = parse({ id: 'E', type: 'MESSAGE_INBOUND', payload });
  const ids = [{ event: { origin: type, externalId: '3EB0A' } }, { event: { origin: type, externalId: '3EB0B' } }];
  expect(items).toMatchObject(ids);
  expect(items.flatMap(({ raw }) => parse(raw))).toMatchObject(ids);
});

describe('updates', () => {
  test.each([
    { event: 'messages.update', data: { key: WA.key, status: 4 } },
    { event: 'messages.update', data: { id: '3EB0A', remoteJid: PN, fromMe: true, status: 'READ' } },
    { updates: [{ key: WA.key, update: { status: 4 } }] },
  ])('%j can be read again by what is kept of it', (body) => {
    const [item] = parse(body);
    expect(item).toMatchObject({ event: { kind: 'status', targetId: '3EB0A', status: 'READ' } });
    expect(brief(item?.raw)).toEqual(['status 3EB0A']);
  });
  test('content and a status in one update are both read', () => {
    const update = { message: { conversation: 'oi' }, status: 3, messageTimestamp: 1749300000 };
    const items = parse({ event: 'messages.update', data: [{ key: WA.key, update }] });
    expect(items).toMatchObject([
      { event: { kind: 'message', content: 'oi' } },
      { event: { kind: 'status', status: 'DELIVERED', at: '2025-06-07T12:40:00.000Z' } },
    ]);
    expect(items.flatMap(({ raw }) => brief(raw))).toEqual(['message 3EB0A INBOUND', 'status 3EB0A']);
    const edit = { message: { editedMessage: { message: { conversation: 'new' } } }, status: 'READ' };
    expect(brief({ event: 'messages.update', data: [{ key: WA.key, update: edit }] })).toEqual([
      'edit 3EB0A',
      'status 3EB0A',
    ]);
  });
});

describe('contacts', () => {
  test('an address book row', () => {
    const data = { id: LID, phoneNumber: PN, name: 'Zuleica', notify: 'Zu', imgUrl: 'changed' };
    expect(parse({ event: 'contacts.upsert', data })).toMatchObject([
      {
        event: {
          chat: { aliases: [{ kind: 'phone' }, { kind: 'jid', value: PN }, { kind: 'lid', value: LID }] },
          contact: { name: 'Zuleica', pushName: 'Zu', avatarUrl: null },
        },
      },
    ]);
  });
  test.each([
    [{ id: '1203630@g.us' }, 'ignored group'],
    [{ id: 'status@broadcast' }, 'ignored status_broadcast'],
    [{ notify: 'Zu' }, 'rejected missing_chat'],
  ])('%j is %s', (data, expected) => expect(brief({ event: 'contacts.update', data })).toEqual([expected]));
});

describe('calls', () => {
  const RING = { id: 'CALL1', from: PN, chatId: PN, date: '2025-06-07T12:40:00.000Z', isVideo: true, isGroup: false };
  test('a call that nobody took is a line, the same as its stub message', () => {
    const stub = {
      key: { remoteJid: PN, fromMe: false, id: 'CALL1' },
      messageTimestamp: 1749300000,
      messageStubType: 41,
    };
    const [told] = parse({ event: 'call', data: [{ ...RING, status: 'timeout' }] });
    expect(told).toMatchObject({
      event: { type: 'SYSTEM', externalId: 'CALL1', extra: { kind: 'missed_call', video: true } },
    });
    expect(parse({ messages: [stub], type: 'notify' })).toMatchObject([{ event: (told as { event: object }).event }]);
    expect(parse(told?.raw)).toMatchObject([{ event: (told as { event: object }).event }]);
  });
  test('a caller with a hidden id is known by both, and a group call is the group’s', () => {
    const hidden = { ...RING, from: LID, chatId: LID, callerPn: PN, status: 'timeout' };
    expect(parse({ event: 'call', data: [hidden] })).toMatchObject([
      { event: { chat: { aliases: [{ kind: 'phone' }, { kind: 'jid', value: PN }, { kind: 'lid', value: LID }] } } },
    ]);
    const group = { ...RING, isGroup: true, groupJid: '1203630@g.us', status: 'timeout' };
    expect(parse({ event: 'call', data: [group] })).toMatchObject([
      { event: { chat: { kind: 'group', jid: '1203630@g.us' }, extra: { group: true } } },
    ]);
  });
  test.each(['offer', 'ringing', 'accept', 'reject', 'terminate'])('%s leaves no line', (status) => {
    expect(brief({ event: 'call', data: [{ ...RING, status }] })).toEqual(['ignored call']);
  });
});

describe('which hidden id belongs to which number', () => {
  const MAPPINGS = [
    { pn: '5511977770001', assignedLid: '88110022003300' },
    { pn: { low: 0, high: 1, unsigned: true }, assignedLid: 1, latestLid: '88110022003302' },
    { pn: 'x', assignedLid: null },
  ];
  // {pn: 5511977770001, assignedLid: 88110022003300} and {pn: 5511977770002, assignedLid: 88110022003301, latestLid: 88110022003399} in protobuf.
  const ENCODED = 'ChAIkbjo27WgARDklMC0q4QUChgIkrjo27WgARDllMC0q4QUGMeVwLSrhBQ=';
  const sync = (lidMigrationMappingSyncMessage: object, fromMe = true) => ({
    type: 'notify',
    messages: [
      {
        key: { remoteJid: '5511966660000@s.whatsapp.net', fromMe, id: 'SYNC' },
        category: 'peer',
        message: { protocolMessage: { type: 22, lidMigrationMappingSyncMessage } },
      },
    ],
  });
  const pairs = (body: unknown) =>
    parse(body).flatMap((item) =>
      'event' in item && item.event.kind === 'contact'
        ? [item.event.chat.aliases.map(({ value }) => value).slice(1)]
        : [],
    );
  test('the sync of the own phone gives one item a pair, beside its own verdict', () => {
    const body = sync({ pnToLidMappings: MAPPINGS });
    expect(brief(body)).toEqual(['ignored peer_message', 'contact', 'contact']);
    expect(pairs(body)).toEqual([
      [PN, '88110022003300@lid'],
      ['4294967296@s.whatsapp.net', '88110022003302@lid'],
    ]);
    expect(pairs(parse(body)[1]?.raw)).toEqual([[PN, '88110022003300@lid']]);
  });
  test('encoded it says the same', () => {
    expect(pairs(sync({ encodedMappingPayload: ENCODED }))).toEqual([
      [PN, '88110022003300@lid'],
      ['5511977770002@s.whatsapp.net', '88110022003399@lid'],
    ]);
  });
  test.each(['AAAA', '////', 'Cg4I', 42, null, { data: [255, 255] }])(
    '%j is no sync and harms nobody',
    (encodedMappingPayload) => {
      expect(brief(sync({ encodedMappingPayload }))).toEqual(['ignored peer_message']);
    },
  );
  test('nobody else is believed', () => {
    expect(pairs(sync({ pnToLidMappings: MAPPINGS }, false))).toEqual([]);
  });
  test('lid-mapping.update, alone or as a list', () => {
    for (const data of [{ lid: LID, pn: PN }, [{ lid: LID, pn: PN }]]) {
      expect(pairs({ event: 'lid-mapping.update', data })).toEqual([[PN, LID]]);
    }
  });
});

describe('what says nothing about a conversation', () => {
  test.each<[string, unknown, string]>([
    ['messages.delete', { keys: [{ remoteJid: PN, id: '3EB0A', fromMe: false }] }, 'chat_state'],
    ['messages.delete', { jid: PN, all: true }, 'chat_state'],
    ['presence.update', { id: PN, presences: { [PN]: { lastKnownPresence: 'composing' } } }, 'presence'],
    ['group-participants.update', { id: '1203630@g.us', participants: [PN], action: 'add' }, 'system_message'],
    ['groups.update', [{ id: '1203630@g.us', subject: 'Obra' }], 'system_message'],
    ['chats.update', [{ id: PN, unreadCount: 0 }], 'chat_state'],
    ['labels.edit', { id: '1' }, 'unsupported_event'],
  ])('%s %j', (event, data, reason) => {
    expect(brief({ event, data })).toEqual([`ignored ${reason}`]);
  });
});

describe('why the line is down', () => {
  test.each([
    [401, 'logged out'],
    [403, 'forbidden'],
    [408, 'connection lost'],
    [411, 'multi-device mismatch'],
    [428, 'connection closed'],
    [440, 'connection replaced'],
    [500, 'bad session'],
    [503, 'service unavailable'],
    [515, 'restart required'],
    [599, '599'],
    ['constructor', 'constructor'],
  ])('%s is %s', (statusCode, detail) => {
    const data = { connection: 'close', lastDisconnect: { error: { output: { statusCode } } } };
    expect(parse({ event: 'connection.update', data })).toMatchObject([{ event: { state: 'disconnected', detail } }]);
  });
  test('a pairing that begins, and news without a state', () => {
    expect(parse({ event: 'connection.update', data: { connection: 'connecting' } })).toMatchObject([
      { event: { state: 'connecting', detail: null } },
    ]);
    expect(brief({ event: 'connection.update', data: { receivedPendingNotifications: true } })).toEqual([
      'ignored unsupported_event',
    ]);
  });
});
