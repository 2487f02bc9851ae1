// JSON inside texts: what is decoded there went through no guard.
import { expect, test } from 'vitest';
import { parsedText } from './parsed-text.js';

test('what no database takes as text is replaced, in values and in keys', () => {
  const json = '{"display_text":"a\\u0000b","half\\ud83d":["\\ude00",{"c":"\\u0000"}],"whole":"\\ud83d\\ude00"}';
  expect(parsedText(json)).toEqual({ display_text: 'a�b', 'half�': ['�', { c: '�' }], whole: '😀' });
});

test('what is no object, or none of JSON, is empty', () => {
  for (const text of ['[1]', '"a"', '{', '', null, 7, `{"a":"${'x'.repeat(70_000)}"}`]) {
    expect(parsedText(text)).toEqual({});
  }
});
