// The webhook form of clients.md and its free-form messages.
import { describe, expect, test } from 'vitest';
import { canonical } from './canonical.js';

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

describe('the webhook form', () => {
  const FORM = {
    event: 'message',
    direction: 'inbound',
    instanceId: 'instance-42',
    timestamp: 1714655100,
    from: { phone: '+5511999999999', name: 'Maria' },
    message: { id: 'wamid-5', type: 'text', text: 'Oi' },
    metadata: { broker: 'acme' },
  };
  test('is read like an envelope', () => {
    expect(parse(FORM, {})).toMatchObject([
      {
        event: {
          kind: 'message',
          externalId: 'wamid-5',
          at: '2024-05-02T13:05:00.000Z',
          broker: 'acme',
          contact: { name: 'Maria' },
          type: 'TEXT',
          content: 'Oi',
        },
      },
    ]);
  });
  test.each([
    ['outbound', { direction: 'OUTBOUND' }, ['message wamid-5 OUTBOUND']],
    ['a contact inside from', { from: { contact: { phone: '+5511' } } }, ['message wamid-5 INBOUND']],
    ['from is only a phone', { from: '+5511999999999' }, ['message wamid-5 INBOUND']],
    ['id outside', { id: 'outside', message: { text: 'Oi' } }, ['message outside INBOUND']],
    ['no id', { message: { text: 'Oi' } }, ['rejected missing_id']],
    ['no message', { message: null }, ['rejected invalid_contract']],
    ['no contact', { from: undefined }, ['rejected missing_chat']],
  ])('%s', (_, parts, expected) => expect(brief({ ...FORM, ...parts })).toEqual(expected));

  test.each<[object, object]>([
    [
      { type: 'text', text: { body: 'Oi' } },
      { type: 'TEXT', content: 'Oi' },
    ],
    [{ body: 'Oi' }, { type: 'TEXT', content: 'Oi' }],
    [
      { type: 'image', image: { link: 'https://a.exemplo/x', mime_type: 'image/png', caption: 'foto' } },
      { type: 'IMAGE', caption: 'foto', media: { mimeType: 'image/png', source: { url: 'https://a.exemplo/x' } } },
    ],
    [{ mediaUrl: 'https://a.exemplo/x', mimetype: 'audio/ogg' }, { type: 'AUDIO' }],
    [{ media: { url: 'https://a.exemplo/x', fileName: 'a.pdf' } }, { type: 'DOCUMENT', media: { fileName: 'a.pdf' } }],
    [
      { type: 'location', latitude: 0, longitude: 0 },
      { type: 'LOCATION', location: { latitude: 0, longitude: 0 } },
    ],
    [
      { contacts: [{ name: 'Zu', phones: ['+5511'] }] },
      { type: 'CONTACTS', contacts: [{ name: 'Zu', phones: ['+5511'] }] },
    ],
    [
      { type: 'hologram', beam: 1 },
      { type: 'UNSUPPORTED', extra: { kind: 'hologram' } },
    ],
  ])('a free-form message %j', (message, expected) => {
    expect(parse({ ...FORM, message: { id: 'm', ...message } })).toMatchObject([{ event: expected }]);
  });
});
