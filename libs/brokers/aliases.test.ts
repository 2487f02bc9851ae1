// Evidence about one person put together.
import type { Alias } from '@recado/contracts';
import { expect, test } from 'vitest';
import { isSameNumber, mergeAliases, stableName } from './aliases.js';

const phone = (value: string): Alias => ({ kind: 'phone', value });
const lid: Alias = { kind: 'lid', value: '88110022003300@lid' };

test('phone comes first, and a number told keeps its spelling as received', () => {
  expect(mergeAliases([lid, phone('+5511977770001')], [phone('(11) 7777-0001')])).toEqual([
    phone('(11) 7777-0001'),
    lid,
  ]);
});

test('what is told of another number does not join two people', () => {
  expect(mergeAliases([phone('+5511977770001')], [phone('+5521966660000'), lid])).toEqual([phone('+5511977770001')]);
});

test('the stable name of a person does not depend on spelling', () => {
  expect(stableName([phone('+55 11 97777-0001'), lid])).toBe('+5511977770001');
  expect(stableName([lid])).toBe(lid.value);
  expect(stableName([])).toBeNull();
});

test('a hidden id told as a phone or as an address is neither', () => {
  const told: Alias[] = [phone('88110022003300'), { kind: 'jid', value: '88110022003300@s.whatsapp.net' }];
  expect(mergeAliases([lid], told)).toEqual([lid]);
  expect(mergeAliases([phone('+5511977770001'), lid], told)).toEqual([phone('+5511977770001'), lid]);
});

test.each([
  ['+55 11 97777-0001', '551177770001', true],
  ['+55 11 97777-0001', '(11) 97777-0001', true],
  ['+55 11 97777-0001', '7777-0001', true],
  ['0055 11 97777-0001', '011 7777-0001', true],
  ['+52 1 55 1234 5678', '525512345678', true],
  ['+55 11 97777-0001', '+55 21 97777-0001', false],
  ['+55 11 97777-0001', '(21) 7777-0001', false],
  ['+351 912 345 678', '+244 912 345 678', false],
])('%s and %s are one number: %s', (one, other, isSame) => {
  expect(isSameNumber(one, other)).toBe(isSame);
  expect(isSameNumber(other, one)).toBe(isSame);
});
