// The judge of a load notices every kind of damage: an oracle that sees nothing proves nothing.
import { expect, test } from 'vitest';
import { NOTHING_WRONG, verdictOn } from './log-oracle.js';
import type { Entry } from './log-oracle.js';
import type { Row } from './threads.js';
import { newPost } from './webhook-load.js';
import type { Post } from './webhook-load.js';

const IDS = ['m1', 'm2', 'm3'];
const posts: Post[] = IDS.map((id) => ({ ...newPost({ id, tenantId: 'one' }), outcome: 'acked' }));
const entry = (seq: number, { id, text }: Pick<Post, 'id' | 'text'>, tenantId = 'one'): Entry => ({
  seq,
  type: 'ticket.message',
  payload: { tenantId, message: { externalId: id, content: text } },
});
const log = posts.map((post, index) => entry(index + 1, post));
const rowOf = ({ id, text }: Pick<Post, 'id' | 'text'>): Row => ({ id, content: text });
/** The log told, with the threads that a sound service would have of those posts unless others are given. */
const judged = (log: Entry[], of = posts, rows = posts.map(rowOf)) => verdictOn(of, new Map([['one', { log, rows }]]));
const only = (damage: object) => ({ ...NOTHING_WRONG, ...damage });
const [first, second, third] = posts as [Post, Post, Post];

test('a log that holds every acknowledged message once, in order and unchanged has nothing wrong', () => {
  expect(judged(log)).toEqual(NOTHING_WRONG);
});

test('acknowledged and not in the log is lost; not acknowledged and not in the log is not', () => {
  expect(judged(log.slice(0, 2))).toEqual(only({ lost: 1 }));
  const unknown: Post[] = [first, second, { ...third, outcome: 'unknown' }];
  expect(judged(log.slice(0, 2), unknown, [first, second].map(rowOf))).toEqual(NOTHING_WRONG);
});

test('acknowledged only the second time and not in the log is lost all the same', () => {
  expect(judged(log.slice(0, 2), [first, second, { ...third, outcome: 'unknown' }, third])).toEqual(only({ lost: 1 }));
});

test('told twice is duplicated', () => {
  expect(judged([...log, entry(4, first)])).toEqual(only({ duplicated: 1 }));
});

test('another text is corrupt', () => {
  expect(judged([...log.slice(0, 2), entry(3, { ...third, text: 'Tchau' })])).toEqual(only({ corrupt: 1 }));
});

test('a number that is missing is a gap', () => {
  expect(judged([...log.slice(0, 2), entry(4, third)])).toEqual(only({ gaps: 1 }));
});

test('what was sent to another tenant, or says it is another tenant’s, is a leak', () => {
  expect(judged([...log, entry(4, newPost({ id: 'm4', tenantId: 'two' }))])).toEqual(only({ leaks: 1 }));
  expect(judged([...log.slice(0, 2), entry(3, third, 'two')])).toEqual(only({ leaks: 1 }));
});

test('acknowledged, or told in the log, and in no thread is a row that is missing', () => {
  const rows = [first, second].map(rowOf);
  expect(judged(log, posts, rows)).toEqual(only({ rowsMissing: 1 }));
  expect(judged(log, [first, second, { ...third, outcome: 'unknown' }], rows)).toEqual(only({ rowsMissing: 1 }));
});

test('a row that is there twice, has another text, or was never sent here is found', () => {
  const rows = posts.map(rowOf);
  expect(judged(log, posts, [...rows, rowOf(first)])).toEqual(only({ rowsDoubled: 1 }));
  expect(judged(log, posts, [...rows.slice(1), { id: first.id, content: 'Tchau' }])).toEqual(only({ rowsCorrupt: 1 }));
  expect(judged(log, posts, [...rows, { id: 'm4', content: 'Oi' }])).toEqual(only({ rowsLeaked: 1 }));
});
