// The daily kinds in every JSON vintage, wrappers, priorities and the long tail.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readContent } from './content.js';

class Bytes {
  constructor(readonly bytes: number[]) {}
}
class Int64 {
  constructor(readonly value: number) {}
}
class Enum {
  constructor(
    readonly number: number,
    readonly name: string,
  ) {}
}
const bytes = (...values: number[]) => new Bytes(values);
const int64 = (value: number) => new Int64(value);

type Vintage = 'A' | 'B' | 'C' | 'D';
/** Renders a message as one of the four JSON vintages of a protobuf would. */
function render(value: unknown, vintage: Vintage): unknown {
  if (value instanceof Bytes) {
    const base64 = Buffer.from(value.bytes).toString('base64');
    if (vintage === 'A') return base64;
    if (vintage === 'B') return { type: 'Buffer', data: value.bytes };
    return vintage === 'C' ? Object.fromEntries(value.bytes.entries()) : { type: 'Buffer', data: base64 };
  }
  if (value instanceof Int64) {
    if (vintage === 'A') return String(value.value);
    return { low: value.value | 0, high: Math.floor(value.value / 2 ** 32), unsigned: true };
  }
  if (value instanceof Enum) return vintage === 'A' ? value.name : value.number;
  if (Array.isArray(value)) return value.map((item) => render(item, vintage));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, render(item, vintage)]));
}

function read(content: object, vintage: Vintage = 'A') {
  return readContent(render(content, vintage) as Record<string, unknown>);
}

const FILE = {
  url: 'https://mmg.whatsapp.net/v/x.enc',
  directPath: '/v/x.enc',
  mediaKey: bytes(1, 2, 3, 255),
  fileSha256: bytes(4, 5),
  fileEncSha256: bytes(6),
  fileLength: int64(5_000_000_123),
};
const SOURCE = {
  url: 'https://mmg.whatsapp.net/v/x.enc',
  directPath: '/v/x.enc',
  mediaKey: 'AQID/w==',
  fileSha256: 'BAU=',
  fileEncSha256: 'Bg==',
  id: null,
};
const KEY = { remoteJid: '5511977770001@s.whatsapp.net', fromMe: true, id: 'TARGET' };

const DAILY: [string, object, object][] = [
  ['conversation', { conversation: 'bom dia' }, { type: 'TEXT', content: 'bom dia', extra: { kind: 'conversation' } }],
  ['an empty conversation is still a text', { conversation: '' }, { type: 'TEXT', content: '' }],
  [
    'extendedTextMessage',
    { extendedTextMessage: { text: 'veja https://a.exemplo', matchedText: 'https://a.exemplo', title: 'A' } },
    {
      type: 'TEXT',
      content: 'veja https://a.exemplo',
      extra: { kind: 'extendedTextMessage', linkPreview: { url: 'https://a.exemplo', title: 'A', description: null } },
    },
  ],
  [
    'imageMessage',
    {
      imageMessage: { ...FILE, mimetype: 'image/jpeg', caption: 'foto', width: 3, height: 2, jpegThumbnail: bytes(9) },
    },
    {
      type: 'IMAGE',
      content: null,
      caption: 'foto',
      media: {
        kind: 'image',
        mimeType: 'image/jpeg',
        fileName: null,
        size: 5_000_000_123,
        width: 3,
        height: 2,
        durationSeconds: null,
        voice: false,
        waveform: null,
        thumbnail: 'CQ==',
        source: SOURCE,
      },
    },
  ],
  [
    'videoMessage',
    { videoMessage: { ...FILE, seconds: 7, gifPlayback: true } },
    { type: 'VIDEO', media: { durationSeconds: 7 }, extra: { gif: true } },
  ],
  ['ptvMessage', { ptvMessage: FILE }, { type: 'VIDEO', media: { source: SOURCE }, extra: { note: true } }],
  [
    'audioMessage',
    { audioMessage: { ...FILE, mimetype: 'audio/ogg; codecs=opus', seconds: 4, ptt: true, waveform: bytes(0, 99) } },
    { type: 'AUDIO', media: { voice: true, durationSeconds: 4, waveform: 'AGM=', mimeType: 'audio/ogg; codecs=opus' } },
  ],
  [
    'documentMessage in its caption wrapper',
    { documentWithCaptionMessage: { message: { documentMessage: { ...FILE, fileName: 'a.pdf', caption: 'conta' } } } },
    { type: 'DOCUMENT', caption: 'conta', media: { kind: 'document', fileName: 'a.pdf', source: SOURCE } },
  ],
  ['stickerMessage', { stickerMessage: { ...FILE, isAnimated: true } }, { type: 'STICKER', extra: { animated: true } }],
  [
    'locationMessage at 0, 0',
    { locationMessage: { degreesLatitude: 0, degreesLongitude: 0, name: 'Ilha' } },
    { type: 'LOCATION', location: { latitude: 0, longitude: 0, name: 'Ilha', address: null } },
  ],
  [
    'liveLocationMessage',
    {
      liveLocationMessage: {
        degreesLatitude: '-23,5',
        degreesLongitude: -46.6,
        accuracyInMeters: 12,
        speedInMps: 1.5,
        sequenceNumber: int64(1_749_300_000_001),
        caption: 'chegando',
      },
    },
    {
      type: 'LOCATION',
      content: 'chegando',
      location: { latitude: -23.5, longitude: -46.6 },
      extra: { live: true, sequence: 1_749_300_000_001, accuracyMeters: 12, speedMps: 1.5 },
    },
  ],
  [
    'contactMessage',
    { contactMessage: { displayName: 'Zu', vcard: 'BEGIN:VCARD\nTEL;waid=5511977770001:x\nEND:VCARD' } },
    { type: 'CONTACTS', contacts: [{ name: 'Zu', phones: ['+5511977770001'] }] },
  ],
  [
    'contactsArrayMessage',
    { contactsArrayMessage: { contacts: [{ displayName: 'A' }, { displayName: 'B' }] } },
    { type: 'CONTACTS', contacts: [{ name: 'A' }, { name: 'B' }] },
  ],
  [
    'reactionMessage',
    { reactionMessage: { key: KEY, text: '👍', senderTimestampMs: int64(1_749_300_000_000) } },
    { action: 'reaction', targetId: 'TARGET', emoji: '👍' },
  ],
  ['a reaction taken back', { reactionMessage: { key: KEY } }, { action: 'reaction', emoji: '' }],
  [
    'a revoke',
    { protocolMessage: { key: KEY, type: new Enum(0, 'REVOKE') } },
    { action: 'revoke', targetId: 'TARGET' },
  ],
  ['a revoke that lost its type', { protocolMessage: { key: KEY } }, { action: 'revoke', targetId: 'TARGET' }],
  [
    'an edit',
    { protocolMessage: { key: KEY, type: new Enum(14, 'MESSAGE_EDIT'), editedMessage: { conversation: 'novo' } } },
    { action: 'edit', targetId: 'TARGET', content: 'novo', caption: null },
  ],
  [
    'an edit of a caption, in its wrapper',
    {
      editedMessage: {
        message: {
          protocolMessage: {
            key: KEY,
            type: new Enum(14, 'MESSAGE_EDIT'),
            editedMessage: { imageMessage: { caption: 'nova' } },
          },
        },
      },
    },
    { action: 'edit', targetId: 'TARGET', content: null, caption: 'nova' },
  ],
  [
    'a setting of messages that disappear',
    { protocolMessage: { key: KEY, type: new Enum(3, 'EPHEMERAL_SETTING'), ephemeralExpiration: 86_400 } },
    { type: 'SYSTEM', quiet: true, extra: { kind: 'ephemeral_setting', seconds: 86_400 } },
  ],
  [
    'a hidden person shares the phone',
    { protocolMessage: { type: new Enum(11, 'SHARE_PHONE_NUMBER') } },
    { action: 'identity', others: [], orElse: 'protocol_message' },
  ],
  [
    'another protocol message',
    { protocolMessage: { key: KEY, type: new Enum(5, 'HISTORY_SYNC_NOTIFICATION') } },
    { action: 'ignore', reason: 'protocol_message' },
  ],
  [
    'a placeholder of what is on the phone alone',
    { placeholderMessage: { type: new Enum(0, 'MASK_LINKED_DEVICES') } },
    { type: 'UNSUPPORTED', placeholder: true, extra: { kind: 'placeholder', reason: 'linked_device' } },
  ],
  [
    'an encrypted edit',
    { secretEncryptedMessage: { targetMessageKey: KEY, secretEncType: new Enum(2, 'MESSAGE_EDIT'), encIv: bytes(1) } },
    { action: 'ignore', reason: 'unreadable_edit' },
  ],
  [
    'a vote in a poll',
    { pollUpdateMessage: { pollCreationMessageKey: KEY, vote: { encPayload: bytes(1), encIv: bytes(2) } } },
    { action: 'ignore', reason: 'poll_vote' },
  ],
  [
    'an encrypted reaction',
    { encReactionMessage: { targetMessageKey: KEY, encPayload: bytes(1), encIv: bytes(2) } },
    { action: 'ignore', reason: 'unreadable_reaction' },
  ],
  [
    'encrypted comments and answers to events',
    { encCommentMessage: { targetMessageKey: KEY, encPayload: bytes(1) } },
    { action: 'ignore', reason: 'unreadable_reply' },
  ],
  [
    'only companions',
    { messageContextInfo: {}, senderKeyDistributionMessage: {} },
    { action: 'ignore', reason: 'no_content' },
  ],
];

describe('daily kinds', () => {
  test.each(DAILY)('%s', (_, content, expected) => {
    for (const vintage of ['A', 'B', 'C', 'D'] as const) expect(read(content, vintage)).toMatchObject(expected);
  });
  test.each(DAILY)('%s: the vintages agree in everything but the spelling of time', (_, content) => {
    const [first, ...others] = (['A', 'B', 'C', 'D'] as const).map((vintage) => ({
      ...read(content, vintage),
      time: 0,
    }));
    for (const other of others) expect(other).toEqual(first);
  });
});

describe('one content may hold several kinds', () => {
  test('the media kind wins the type, conversation stays content, the caption is its own', () => {
    const both = { conversation: 'Oi!', imageMessage: { mimetype: 'image/jpeg', caption: 'foto' } };
    expect(read(both)).toMatchObject({ type: 'IMAGE', content: 'Oi!', caption: 'foto', media: { source: null } });
  });
  test('the order of keys says nothing', () => {
    const parts: [string, unknown][] = [
      ['conversation', 'Oi'],
      ['messageContextInfo', {}],
      ['extendedTextMessage', { text: 'texto' }],
      ['listResponseMessage', { title: 'Sim', singleSelectReply: { selectedRowId: 'r1' } }],
      ['audioMessage', { ptt: true }],
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(parts, { minLength: parts.length }), (shuffled) => {
        expect(read(Object.fromEntries(shuffled))).toMatchObject({ type: 'AUDIO' });
        const replies = shuffled.filter(([name]) => name !== 'audioMessage');
        expect(read(Object.fromEntries(replies))).toMatchObject({ type: 'INTERACTIVE', content: 'Sim' });
      }),
    );
  });
});

test('a thumbnail above 32 KB is left out, whatever its vintage', () => {
  const content = { imageMessage: { jpegThumbnail: new Bytes(Array.from({ length: 32_769 }, () => 7)) } };
  for (const vintage of ['A', 'B', 'C', 'D'] as const) {
    expect(read(content, vintage)).toMatchObject({ media: { thumbnail: null } });
  }
});

test('a place off the globe has no coordinates and stays a location', () => {
  const content = { locationMessage: { degreesLatitude: 123, degreesLongitude: 0 } };
  expect(read(content)).toMatchObject({ type: 'LOCATION', location: null });
});
