// Wrappers, and what the context of a content tells: quotes, ads, albums.
import { describe, expect, test } from 'vitest';
import { readContent } from './content.js';

function read(content: object) {
  return readContent(content as Record<string, unknown>);
}

describe('wrappers and context', () => {
  test('ephemeral, quoted and forwarded are told', () => {
    const contextInfo = { stanzaId: 'QUOTED', isForwarded: true, forwardingScore: 6, expiration: 604800 };
    const content = { ephemeralMessage: { message: { extendedTextMessage: { text: 'é sobre esse', contextInfo } } } };
    expect(read(content)).toMatchObject({
      content: 'é sobre esse',
      quotedId: 'QUOTED',
      extra: { ephemeral: true, forwarded: true, forwardingScore: 6 },
    });
  });
  test('view once, even inside others', () => {
    const inner = { viewOnceMessageV2: { message: { imageMessage: {} } } };
    expect(read({ deviceSentMessage: { message: inner } })).toMatchObject({ type: 'IMAGE', extra: { viewOnce: true } });
  });
  test.each([
    [
      'inside its wrapper',
      (told: object, picture: object) => ({ associatedChildMessage: { message: { ...told, ...picture } } }),
    ],
    [
      'beside its wrapper',
      (told: object, picture: object) => ({ ...told, associatedChildMessage: { message: picture } }),
    ],
    ['beside the picture', (told: object, picture: object) => ({ ...told, ...picture })],
  ])('a picture knows its album and its place there, told %s', (_, wrapped) => {
    for (const associationType of [1, 'MEDIA_ALBUM']) {
      const messageAssociation = { associationType, parentMessageKey: { id: 'ALBUM' }, messageIndex: 2 };
      const content = wrapped({ messageContextInfo: { messageAssociation } }, { imageMessage: {} });
      expect(read(content)).toMatchObject({ type: 'IMAGE', extra: { album: { parentId: 'ALBUM', index: 2 } } });
    }
  });
  test('the album itself is no bubble', () => {
    expect(read({ albumMessage: { expectedImageCount: 2 } })).toEqual({ action: 'ignore', reason: 'album_parent' });
  });
  test.each([5, 'HD_VIDEO_DUAL_UPLOAD', 10, 'HD_IMAGE_DUAL_UPLOAD'])(
    'the same picture or film in more detail names the first one: %s',
    (associationType) => {
      const messageAssociation = { associationType, parentMessageKey: { id: 'FIRST' } };
      const message = { messageContextInfo: { messageAssociation }, imageMessage: {} };
      const child = { messageContextInfo: { messageSecret: 'x' }, associatedChildMessage: { message } };
      expect(read(child)).toMatchObject({ type: 'IMAGE', extra: { hdOf: 'FIRST' } });
    },
  );
  test.each<[object, object]>([
    [{ conversation: 'pedido 4471' }, { kind: 'conversation', text: 'pedido 4471' }],
    [{ ephemeralMessage: { message: { imageMessage: { caption: 'foto' } } } }, { kind: 'imageMessage', text: 'foto' }],
    [{ audioMessage: {} }, { kind: 'audioMessage', text: null }],
    [{ pollCreationMessageV3: { name: 'Quando?' } }, { kind: 'pollCreationMessageV3', text: 'Quando?' }],
  ])('what is quoted is told for a screen that does not have it: %j', (quotedMessage, quoted) => {
    const contextInfo = { stanzaId: 'QUOTED', participant: '5511966660000@s.whatsapp.net', quotedMessage };
    expect(read({ extendedTextMessage: { text: 'esse', contextInfo } })).toMatchObject({
      quotedId: 'QUOTED',
      extra: { quoted: { author: '5511966660000@s.whatsapp.net', ...quoted } },
    });
  });
  test('an ad and where the conversation began are told, mentions too', () => {
    const externalAdReply = { title: 'Promo', sourceUrl: 'https://a.exemplo', sourceId: '120', ctwaClid: 'clid' };
    const contextInfo = { externalAdReply, entryPointConversionSource: 'ctwa_ad', mentionedJid: ['1@lid', '2@lid'] };
    expect(read({ extendedTextMessage: { text: 'oi', contextInfo } })).toMatchObject({
      extra: { ad: externalAdReply, entryPoint: 'ctwa_ad', mentions: ['1@lid', '2@lid'] },
    });
  });
  const WRAPPERS = [
    'ephemeralMessage',
    'viewOnceMessage',
    'viewOnceMessageV2',
    'viewOnceMessageV2Extension',
    'documentWithCaptionMessage',
    'editedMessage',
    'associatedChildMessage',
    'groupStatusMessage',
    'groupStatusMessageV2',
    'lottieStickerMessage',
    'groupMentionedMessage',
    'botInvokeMessage',
    'eventCoverImage',
    'pollCreationMessageV4',
    'limitSharingMessage',
    'questionMessage',
    'statusMentionMessage',
    'deviceSentMessage',
    'commentMessage',
    'wrapperOfNextYearMessage',
  ];
  test.each(WRAPPERS)('%s is taken off', (name) => {
    expect(read({ messageContextInfo: {}, [name]: { message: { conversation: 'dentro' } } })).toMatchObject({
      type: 'TEXT',
      content: 'dentro',
    });
  });
  test('wrappers without end are given up', () => {
    let content: object = { conversation: 'fundo' };
    for (let depth = 0; depth < 50; depth++) content = { ephemeralMessage: { message: content } };
    expect(read(content)).toMatchObject({ type: 'UNSUPPORTED' });
  });
});
