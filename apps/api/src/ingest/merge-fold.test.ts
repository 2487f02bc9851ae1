// Two copies of one message: what stays, and that the order in which they are compared never matters.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MessageRow } from '../db/sql/rows.js';
import { foldCopies, isSameMessage } from './merge-fold.js';

const T1 = new Date('2024-05-02T10:00:00.000Z');
const T2 = new Date('2024-05-02T11:00:00.000Z');

function copyOf(row: Partial<MessageRow>): MessageRow {
  return {
    tenantId: 't1',
    id: 'b',
    ticketId: 'ticket',
    instanceId: 'i1',
    chat: 'chat',
    direction: 'OUTBOUND',
    externalId: 'wamid',
    aliasId: null,
    authorContactId: null,
    type: 'TEXT',
    content: 'Oi!',
    caption: null,
    status: 'SENT',
    pendingAt: null,
    sentAt: T1,
    deliveredAt: null,
    readAt: null,
    playedAt: null,
    failedAt: null,
    failure: null,
    brokerAt: T1,
    occurredAt: T1,
    receivedAt: T1,
    placeholder: false,
    quotedExternalId: null,
    reactions: [],
    editedAt: null,
    editActionId: null,
    revokedAt: null,
    clientRef: null,
    retryOf: null,
    media: null,
    metadata: {
      broker: { messageId: null, instanceId: 'i1', broker: 'b', timestamp: null, receivedAt: '', cursor: null },
      brokerMessageTimestamp: null,
      normalizedTimestamp: '',
      media: {},
      location: null,
      contacts: null,
      contact: {},
    },
    traceId: 'trace',
    ...row,
  };
}

describe('foldCopies', () => {
  test('keeps the copy that came first', () => {
    const { kept, copy, changes } = foldCopies(
      copyOf({ id: 'x', receivedAt: T2 }),
      copyOf({ id: 'y', receivedAt: T1 }),
    );
    expect([kept.id, copy.id, changes]).toEqual(['y', 'x', []]);
  });

  test('keeps the content rather than its placeholder, and what we sent rather than its echo', () => {
    const placeholder = copyOf({ id: 'a', placeholder: true });
    expect(foldCopies(placeholder, copyOf({ id: 'z', receivedAt: T2 })).kept.id).toBe('z');
    expect(foldCopies(copyOf({ id: 'a' }), copyOf({ id: 'z', clientRef: 'ref', receivedAt: T2 })).kept.id).toBe('z');
  });

  test('loses no status, whichever copy it reached', () => {
    const { kept, changes } = foldCopies(
      copyOf({ id: 'a' }),
      copyOf({ id: 'c', status: 'READ', sentAt: T2, readAt: T2 }),
    );
    expect(kept).toMatchObject({ id: 'a', status: 'READ', sentAt: T1, readAt: T2 });
    expect(changes).toEqual(['status']);
  });

  test('takes the newer edit, the revocation and the newest reaction of each author', () => {
    const first = copyOf({ id: 'a', reactions: [{ author: 'me', emoji: '👍', at: T1.toISOString() }] });
    const second = copyOf({
      id: 'c',
      editedAt: T2,
      editActionId: 'edit',
      content: 'Olá!',
      revokedAt: T2,
      reactions: [{ author: 'me', emoji: '❤️', at: T2.toISOString() }],
    });
    const { kept, changes } = foldCopies(first, second);
    expect(kept).toMatchObject({ content: 'Olá!', editActionId: 'edit', revokedAt: T2, reactions: second.reactions });
    expect(changes).toEqual(['edit', 'revoke', 'reaction']);
  });

  test('the order of the copies never matters', () => {
    const time = fc.constantFrom(null, T1, T2);
    const copy = fc.record({
      status: fc.constantFrom<MessageRow['status']>('PENDING', 'SENT', 'DELIVERED', 'READ', 'FAILED'),
      receivedAt: fc.constantFrom(T1, T2),
      placeholder: fc.boolean(),
      deliveredAt: time,
      revokedAt: time,
    });
    fc.assert(
      fc.property(copy, copy, (a, b) => {
        const [x, y] = [copyOf({ ...a, id: 'x' }), copyOf({ ...b, id: 'y' })];
        expect(foldCopies(x, y)).toEqual(foldCopies(y, x));
      }),
    );
  });
});

describe('isSameMessage', () => {
  test('one id at two times is two messages', () => {
    expect(isSameMessage(copyOf({}), copyOf({ brokerAt: T1 }))).toBe(true);
    expect(isSameMessage(copyOf({}), copyOf({ brokerAt: T2 }))).toBe(false);
    expect(isSameMessage(copyOf({}), copyOf({ brokerAt: null }))).toBe(false);
  });
});
