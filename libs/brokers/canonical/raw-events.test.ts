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
