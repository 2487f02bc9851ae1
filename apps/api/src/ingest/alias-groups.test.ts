// Names that were joined, directly or through others, are one group, whatever the order of joining.
import { expect, test } from 'vitest';
import { AliasGroups } from './alias-groups.js';

function grouped(pairs: [string, string][], names: string[]): string[] {
  const groups = new AliasGroups();
  for (const [a, b] of pairs) groups.join(a, b);
  return names.map((name) => groups.find(name));
}

test('a name never seen is a group of its own', () => expect(grouped([], ['a'])).toEqual(['a']));

test('joining is transitive and the smallest name leads, in every order', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'x'];
  const pairs: [string, string][] = [
    ['d', 'e'],
    ['b', 'c'],
    ['c', 'e'],
    ['a', 'd'],
  ];
  for (const order of [pairs, pairs.toReversed(), pairs.map(([a, b]) => [b, a] as [string, string])]) {
    expect(grouped(order, names)).toEqual(['a', 'a', 'a', 'a', 'a', 'x']);
  }
});

test('a name joined with itself stays alone, and a long chain has one head', () => {
  expect(grouped([['a', 'a']], ['a'])).toEqual(['a']);
  const names = Array.from({ length: 20_000 }, (_, n) => String(n).padStart(5, '0'));
  const chain = names.slice(1).map((name, n) => [name, names[n] ?? ''] as [string, string]);
  expect(new Set(grouped(chain.toReversed(), names))).toEqual(new Set(['00000']));
});
