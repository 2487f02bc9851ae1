// The line a conversation list shows of its newest message.
import type { MessageType } from '@recado/contracts';

const PREVIEW_GRAPHEMES = 100;
const segmenter = new Intl.Segmenter('pt-BR', { granularity: 'grapheme' });

/** First 100 graphemes of the text on one line; null when the message has no text, and the screen names its type. */
export function previewOf(message: {
  type: MessageType;
  content: string | null;
  caption: string | null;
}): string | null {
  const text = message.content || message.caption;
  if (!text) return null;
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= PREVIEW_GRAPHEMES) return line || null;
  let out = '';
  let count = 0;
  // Bounded before segmenting: a grapheme of more than a few dozen units is no text.
  for (const { segment } of segmenter.segment(line.slice(0, PREVIEW_GRAPHEMES * 40))) {
    if (count === PREVIEW_GRAPHEMES - 1) return `${out}…`;
    out += segment;
    count += 1;
  }
  return out;
}
