// The pure merge of changes into a message: whatever the order and number of their copies, the row ends the same.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STATUSES } from '@recado/contracts';
import type { CanonicalChange } from '@recado/contracts';
import { applyChange } from '../../apps/api/dist/ingest/changes.js';
import type { ChangeableMessage } from '../../apps/api/dist/ingest/changes.js';
import { edit, instant, reaction, revoke, status } from '../support/ingest-items.js';

function fresh(): ChangeableMessage {
  return {
    chat: 'a chat',
    status: 'SENT',
    pendingAt: null,
    sentAt: new Date(instant(5)),
    deliveredAt: null,
    readAt: null,
    playedAt: null,
    failedAt: null,
    failure: null,
    content: 'original',
    caption: null,
    editedAt: null,
    editActionId: null,
    revokedAt: null,
    reactions: [],
  };
}

type Item = ReturnType<typeof status>;
const when = fc.integer({ min: 0, max: 9 }).map(instant);
const anyStatus = fc
  .record({ status: fc.constantFrom(...STATUSES), at: when, failure: fc.constantFrom(null, 'blocked', 'expired') })
  .map((of) => status({ id: 'm', ...of }));
const anyEdit = fc
  .record({ at: when, actionId: fc.constantFrom('a', 'b', 'c') })
  .map(({ at, actionId }) => edit({ id: 'm', at, actionId: `${actionId} ${at}`, text: `${actionId} ${at}` }));
const anyRevoke = when.map((at) => revoke({ id: 'm', at, actionId: at }));
const anyReaction = fc
  .record({ at: when, author: fc.constantFrom('x', 'y'), emoji: fc.constantFrom('', '👍', '❤️') })
  .map((of) => reaction({ id: 'm', ...of }));

function changeOf(item: Item): CanonicalChange {
  if ('event' in item && 'targetId' in item.event) return item.event;
  throw new Error('a builder of changes made something else');
}

function tell(items: Item[]): ChangeableMessage {
  const row = fresh();
  for (const item of items) {
    const change = changeOf(item);
    const before = structuredClone(row);
    const { dirty, verdict } = applyChange(row, change, new Date(change.at ?? 0));
    // What says it changed nothing did not, and what was accepted did.
    if (!dirty) expect(row).toEqual(before);
    if (verdict === 'accepted') expect(row).not.toEqual(before);
  }
  return row;
}

/** Some changes, and the same in another order with some of them repeated. */
function twoTellings(any: fc.Arbitrary<Item>) {
  return fc
    .array(any, { minLength: 1, maxLength: 7 })
    .chain((items) =>
      fc
        .array(fc.constantFrom(...items), { maxLength: 4 })
        .chain((copies) =>
          fc.tuple(
            fc.constant(items),
            fc.shuffledSubarray([...items, ...copies], { minLength: items.length + copies.length }),
          ),
        ),
    );
}

describe('order and multiplicity of changes do not matter', () => {
  test.each([
    ['statuses', anyStatus],
    ['edits', anyEdit],
    ['revokes', anyRevoke],
    ['reactions', anyReaction],
    ['all of them together', fc.oneof(anyStatus, anyEdit, anyRevoke, anyReaction)],
  ])('%s end in the same row', (_, any) => {
    fc.assert(
      fc.property(twoTellings(any), ([once, again]) => {
        expect(tell(again)).toEqual(tell(once));
      }),
      { numRuns: 500 },
    );
  });

  test('a status never goes back: a message that was read stays read', () => {
    fc.assert(
      fc.property(fc.array(anyStatus, { maxLength: 8 }), (items) => {
        const row = tell([...items, status({ id: 'm', status: 'READ' }), ...items]);
        expect(['READ', 'PLAYED']).toContain(row.status);
      }),
    );
  });

  test('failed is reached from sent and below only', () => {
    fc.assert(
      fc.property(fc.array(anyStatus, { maxLength: 8 }), (items) => {
        const told = new Set(
          items.map((item) => ('event' in item && 'status' in item.event ? item.event.status : null)),
        );
        const isBeyond = told.has('DELIVERED') || told.has('READ') || told.has('PLAYED');
        expect(tell(items).status === 'FAILED').toBe(told.has('FAILED') && !isBeyond);
      }),
    );
  });
});
