// The status lattice: whatever order states come in, and however often, the same one is left.
import { STATUSES, type MessageStatus } from '@recado/contracts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinStatus } from './status.js';

const any = fc.constantFrom<MessageStatus>(...STATUSES);
const joinAll = (statuses: MessageStatus[]) => statuses.reduce(joinStatus, 'PENDING');

test('order and multiplicity cannot be seen', () => {
  const arrivals = fc
    .array(any, { maxLength: 12 })
    .chain((statuses) =>
      fc.tuple(
        fc.constant(statuses),
        fc.shuffledSubarray(statuses, { minLength: statuses.length }),
        fc.array(fc.constantFrom('PENDING' as MessageStatus, ...statuses), { maxLength: 5 }),
      ),
    );
  fc.assert(
    fc.property(arrivals, ([statuses, shuffled, again]) => {
      expect(joinAll([...shuffled, ...again])).toBe(joinAll(statuses));
      expect(joinAll([...again, ...shuffled])).toBe(joinAll(statuses));
    }),
  );
});

test('it is a maximum: idempotent, the same from both sides, and grouped in any way', () => {
  fc.assert(
    fc.property(any, any, any, (a, b, c) => {
      expect(joinStatus(a, a)).toBe(a);
      expect(joinStatus(a, b)).toBe(joinStatus(b, a));
      expect(joinStatus(joinStatus(a, b), c)).toBe(joinStatus(a, joinStatus(b, c)));
      expect([a, b]).toContain(joinStatus(a, b));
    }),
  );
});

test('the ranks are those of the contract; FAILED is reached from SENT and below only', () => {
  const order: MessageStatus[] = ['PENDING', 'UNKNOWN', 'SENT', 'DELIVERED', 'READ', 'PLAYED'];
  order.forEach((status, rank) => {
    for (const lower of order.slice(0, rank)) expect(joinStatus(status, lower)).toBe(status);
    expect(joinStatus(status, 'FAILED')).toBe(rank <= order.indexOf('SENT') ? 'FAILED' : status);
  });
});
