import { expect, test } from 'vitest';
import { formatLogSignal, parseLogSignal } from './log-signal.js';

test('a commit is told as the last seq of each tenant, in whatever order its entries come', () => {
  const entry = { epoch: 'e', eventId: 'x', type: 'ticket.message', payload: '{}', contactId: null } as const;
  const byTenant = new Map([
    [
      'demo',
      [
        { ...entry, tenantId: 'demo', seq: 9 },
        { ...entry, tenantId: 'demo', seq: 8 },
      ],
    ],
    ['_b-1', [{ ...entry, tenantId: '_b-1', seq: 1 }]],
  ]);
  const text = formatLogSignal(byTenant);
  expect(text).toBe('demo:9,_b-1:1');
  expect([...parseLogSignal(text)]).toEqual([
    ['demo', 9],
    ['_b-1', 1],
  ]);
});

test('signals merged into one keep the highest seq, and nonsense is left out', () => {
  expect([...parseLogSignal('demo:9,demo:7,,x,:3,a:b,demo:')]).toEqual([['demo', 9]]);
});
