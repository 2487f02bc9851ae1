// The line a conversation list shows: one line, at most 100 graphemes, never half a character.
import { describe, expect, test } from 'vitest';
import { previewOf } from './preview.js';

const FAMILY = '👨‍👩‍👧‍👦';
const segmenter = new Intl.Segmenter('pt-BR', { granularity: 'grapheme' });

function preview(content: string | null, caption: string | null = null): string | null {
  return previewOf({ type: 'TEXT', content, caption });
}
function graphemes(text: string | null): number {
  return [...segmenter.segment(text ?? '')].length;
}

describe('previewOf', () => {
  test.each([
    ['Oi!', null, 'Oi!'],
    [null, 'the caption', 'the caption'],
    ['', 'the caption', 'the caption'],
    ['both', 'the caption', 'both'],
    ['two\r\n\tlines  here ', null, 'two lines here'],
    ['   ', null, null],
    ['', '', null],
    [null, null, null],
  ])('%j and the caption %j give %j', (content, caption, expected) => expect(preview(content, caption)).toBe(expected));

  test('100 characters stay, 101 are cut', () => {
    expect(preview('a'.repeat(100))).toBe('a'.repeat(100));
    expect(preview('a'.repeat(101))).toBe(`${'a'.repeat(99)}…`);
  });

  test.each([
    ['families', FAMILY.repeat(500)],
    ['flags', '🇧🇷'.repeat(500)],
    ['skin tones', '👍🏽'.repeat(500)],
    ['combining marks', 'e\u0301'.repeat(500)],
    ['a mark on the last letter', `${'a'.repeat(99)}e\u0301${'b'.repeat(50)}`],
    ['endless marks', `Z${'\u0351'.repeat(65_000)}`],
    ['one endless family', `${'👩\u200d'.repeat(20_000)}👩`],
    ['an odd unit before emoji', `x${'😀'.repeat(40_000)}`],
  ])('%s: at most 100 graphemes and no half of a surrogate pair', (_, text) => {
    const line = preview(text);
    expect(graphemes(line)).toBeLessThanOrEqual(100);
    expect(line).not.toMatch(/\p{Surrogate}/u);
    expect(line?.length).toBeLessThan(5_000);
  });

  test('500 families are cut after 99 whole ones', () => {
    expect(preview(FAMILY.repeat(500))).toBe(`${FAMILY.repeat(99)}…`);
  });
});
