// Evidence about one person put together.
import type { Alias } from '@recado/contracts';
import { expect, test } from 'vitest';
import { mergeAliases, stableName } from './aliases.js';

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
