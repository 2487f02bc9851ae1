// The line a conversation list shows of its newest message.
import type { MessageType } from '@recado/contracts';

const PREVIEW_GRAPHEMES = 100;
/** Far more than 100 graphemes of any text; what lies behind is not looked at. */
const PREVIEW_UNITS = 4_000;
/** Of plain text with single blanks, one letter more than is kept tells everything. */
const PLAIN_LINE = /^[\x21-\x7E\u00A1-\u024F](?: ?[\x21-\x7E\u00A1-\u024F])*$/;
/** Letters of which each is a grapheme by itself: no marks, no joiners, no surrogates. */
const PLAIN = /^[\x20-\x7E\u00A1-\u024F]*$/;
/** What the cut above may leave of a character beyond the basic plane. */
const HALF_A_PAIR = /[\uD800-\uDBFF]$/;
const segmenter = new Intl.Segmenter('pt-BR', { granularity: 'grapheme' });

/** First 100 graphemes of the text on one line; null when the message has no text, and the screen names its type. */
export function previewOf(message: {
  type: MessageType;
  content: string | null;
  caption: string | null;
}): string | null {
  const text = message.content || message.caption;
  if (!text) return null;
  // The usual case, and the hot path: nothing to collapse, nothing to join.
  const start = text.slice(0, PREVIEW_GRAPHEMES + 1);
  if (PLAIN_LINE.test(start)) {
    return text.length <= PREVIEW_GRAPHEMES ? start : `${start.slice(0, PREVIEW_GRAPHEMES - 1)}…`;
  }
  const line = text.slice(0, PREVIEW_UNITS).replace(HALF_A_PAIR, '').replace(/\s+/g, ' ').trim();
  if (line.length <= PREVIEW_GRAPHEMES) return line || null;
  // One more than is kept, so that a mark that would join the last letter is seen.
  if (PLAIN.test(line.slice(0, PREVIEW_GRAPHEMES))) return `${line.slice(0, PREVIEW_GRAPHEMES - 1)}…`;
  let out = '';
  let count = 0;
  for (const { segment } of segmenter.segment(line)) {
    if (count === PREVIEW_GRAPHEMES - 1) return `${out}…`;
    out += segment;
    count += 1;
  }
  return out;
}
