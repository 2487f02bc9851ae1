import { expect, test } from 'vitest';
import { PARTS, readOptions } from './options.js';

test('a run without arguments leaves out what takes minutes, --deep takes it in', () => {
  expect(readOptions([]).parts).toEqual(PARTS.filter((part) => part !== 'five-million'));
  expect(readOptions(['--deep']).parts).toEqual([...PARTS]);
});

test('named parts run alone, in the order of the bench', () => {
  expect(readOptions(['--only', 'five-million', '--only', 'ingest']).parts).toEqual(['ingest', 'five-million']);
});

test('what cannot be used is refused', () => {
  expect(() => readOptions(['--only', 'nothing'])).toThrow(/only/);
  expect(() => readOptions(['--seconds', '0'])).toThrow(/seconds/);
  expect(() => readOptions(['--rounds', '1.5'])).toThrow(/rounds/);
});
