// Rows that are read by place: the template must have the columns in the order of the select list.
import { expect, test } from 'vitest';
import { rowReader, TICKET_KEYS } from './columns.js';
import { NO_TICKET } from './ingest-tickets.js';

test('a locked ticket begins with the columns of a ticket, in their order', () => {
  expect(Object.keys(NO_TICKET)).toEqual([
    ...TICKET_KEYS,
    'tid',
    'contactName',
    'contactPhone',
    'contactUpdatedAt',
    'defaultQueueId',
  ]);
});

test('a row reader gives each key the value of its place, and leaves its template alone', () => {
  const template = { a: 0, b: null as string | null };
  expect(rowReader(template)([1, 'x'])).toEqual({ a: 1, b: 'x' });
  expect(template).toEqual({ a: 0, b: null });
});
