// vCards as phones write them.
import { expect, test } from 'vitest';
import { readCard } from './vcard.js';

function card(...lines: string[]): string {
  return ['BEGIN:VCARD', 'VERSION:3.0', ...lines, 'END:VCARD'].join('\r\n');
}

test.each([
  ['waid is preferred', card('TEL;type=CELL;waid=5511977770001:+55 11 97777-0001'), ['+5511977770001']],
  ['no waid', card('TEL;TYPE=CELL:+55 11 97777-0001'), ['+55 11 97777-0001']],
  ['grouped item', card('item1.TEL;waid=5511977770001:x', 'item1.X-ABLabel:Celular'), ['+5511977770001']],
  ['several', card('TEL:1', 'TEL:2', 'TEL:1'), ['1', '2']],
  ['tel: address', card('TEL;VALUE=uri:tel:+5511977770001'), ['+5511977770001']],
  ['folded line', card('TEL;type=CELL;waid=55119', ' 77770001:+55 11', '\t 97777-0001'), ['+5511977770001']],
  ['bare LF', card('TEL:1').replaceAll('\r', ''), ['1']],
  ['none', card('FN:Zuleica'), []],
  ['no card at all', undefined, []],
])('telephone numbers: %s', (_, vcard, phones) => expect(readCard('Zuleica', vcard).phones).toEqual(phones));

test('the display name wins, else the full name', () => {
  expect(readCard('Zu', card('FN:Zuleica')).name).toBe('Zu');
  expect(readCard('', card('FN;CHARSET=UTF-8:Zuleica')).name).toBe('Zuleica');
  expect(readCard(null, card()).name).toBeNull();
});

test('a card with a large photo keeps its numbers and drops its text', () => {
  const read = readCard('Zu', card(`PHOTO;BASE64:${'A'.repeat(300_000)}`, 'TEL:1'));
  expect(read).toEqual({ name: 'Zu', phones: ['1'], vcard: null });
});
