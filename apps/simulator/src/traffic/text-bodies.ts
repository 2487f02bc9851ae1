// Plain and extended texts, quotes, ephemeral wrappers, link previews.
import { contentOf } from '../content.js';
import type { Body, Making } from './body.js';

/** `conversation`. */
export function plainText({ text }: Making): Body {
  return {
    message: { conversation: text },
    shown: contentOf({ type: 'TEXT', content: text }),
    edited: (newText) => ({
      message: { conversation: newText },
      shown: contentOf({ type: 'TEXT', content: newText }),
    }),
  };
}

/** `extendedTextMessage`, with a quote where there is something to quote, sometimes in an ephemeral wrapper. */
export function extendedText({ random, text, quoted }: Making): Body {
  const isEphemeral = random.happens(0.2);
  const context = quoted && {
    stanzaId: quoted.id,
    participant: quoted.author,
    quotedMessage: { conversation: quoted.text },
  };
  const contextInfo = { ...context, ...(isEphemeral && { expiration: 604_800 }) };
  const quotedId = quoted?.id ?? null;
  function made(content: string) {
    const extendedTextMessage = { text: content, contextInfo, previewType: 0 };
    return { extendedTextMessage, messageContextInfo: { messageSecret: new Uint8Array([7, 7, 7, 7]) } };
  }
  const inner = made(text);
  return {
    message: isEphemeral ? { ephemeralMessage: { message: inner } } : inner,
    shown: contentOf({ type: 'TEXT', content: text, quotedId }),
    edited: (newText) => ({
      message: { extendedTextMessage: { text: newText } },
      shown: contentOf({ type: 'TEXT', content: newText, quotedId }),
    }),
  };
}
