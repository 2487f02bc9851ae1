// What stands beside or around a content: control traffic, wrappers and their flags.
import { describe, expect, test } from 'vitest';
import { readContent } from './content.js';

const KEY = { remoteJid: '5511977770001@s.whatsapp.net', fromMe: true, id: 'TARGET' };

describe('control traffic beside words', () => {
  test.each([
    { conversation: 'real', protocolMessage: { type: 5 } },
    { extendedTextMessage: { text: 'real' }, protocolMessage: { type: 5 } },
    { conversation: 'real', pinInChatMessage: {} },
  ])('the words are read: %j', (content) => {
    expect(readContent(content)).toMatchObject({ type: 'TEXT', content: 'real' });
  });
  test('an edit stays an edit, and no words are none', () => {
    const protocolMessage = { type: 14, key: KEY, editedMessage: { conversation: 'new' } };
    expect(readContent({ conversation: 'x', protocolMessage })).toMatchObject({ action: 'edit' });
    expect(readContent({ conversation: '', protocolMessage: { type: 5 } })).toMatchObject({ action: 'ignore' });
  });
});

describe('what wrappers say', () => {
  test('a lottie sticker moves, whether its content says so or not', () => {
    expect(readContent({ lottieStickerMessage: { message: { stickerMessage: {} } } })).toMatchObject({
      type: 'STICKER',
      extra: { animated: true },
    });
  });
  test('flags of a wrapper outlive one inside it that is not known', () => {
    const inner = { wrapperOfNextYearMessage: { message: { conversation: 'Oi' } } };
    expect(readContent({ viewOnceMessage: { message: { ephemeralMessage: { message: inner } } } })).toMatchObject({
      content: 'Oi',
      extra: { viewOnce: true, ephemeral: true },
    });
  });
  test('a text is never cut inside a character', () => {
    const contextInfo = { externalAdReply: { title: `${'x'.repeat(511)}😀` } };
    expect(readContent({ extendedTextMessage: { text: 'Oi', contextInfo } })).toMatchObject({
      extra: { ad: { title: 'x'.repeat(511) } },
    });
  });
});
