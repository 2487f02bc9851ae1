// Changes are commutative and idempotent (DESIGN 2): every order and multiplicity ends alike.
import type { CanonicalChange } from '@recado/contracts';
import { describe, expect, test } from 'vitest';
import { applyChange, changeKey, type ChangeableMessage } from './changes.js';

const T0 = Date.parse('2024-05-02T13:05:00.000Z');
const base = {
  at: null,
  broker: 'baileys',
  targetId: 'wamid-1',
  targetDirection: null,
  chat: {
    kind: 'person' as const,
    jid: null,
    aliases: [],
  },
};
/** A change and when it happened, in seconds after the message. */
type Timed = [CanonicalChange, number];
type Status = Extract<CanonicalChange, { kind: 'status' }>['status'];

function blank(): ChangeableMessage {
  return {
    // Of a group: there authors do not touch each other.
    chat: '120363000000000001@g.us',
    status: 'PENDING',
    content: 'original',
    caption: null,
    reactions: [],
    failure: null,
    pendingAt: null,
    sentAt: null,
    deliveredAt: null,
    readAt: null,
    playedAt: null,
    failedAt: null,
    editedAt: null,
    editActionId: null,
    revokedAt: null,
  };
}
function status(state: Status, seconds: number, failure: string | null = null): Timed {
  return [{ ...base, kind: 'status', status: state, failure }, seconds];
}
function edit(
  actionId: string,
  seconds: number,
  content: string | null = actionId,
  caption: string | null = null,
): Timed {
  return [{ ...base, kind: 'edit', actionId, content, caption }, seconds];
}
function revoke(actionId: string, seconds: number): Timed {
  return [{ ...base, kind: 'revoke', actionId }, seconds];
}
function reaction(author: string, emoji: string, seconds: number): Timed {
  return [{ ...base, kind: 'reaction', author, emoji }, seconds];
}
function apply(changes: Timed[], message = blank()) {
  const verdicts = changes.map(([change, seconds]) => applyChange(message, change, new Date(T0 + seconds * 1000)));
  return { message, verdicts: verdicts.map(({ verdict, reason }) => (verdict === 'ignored' ? reason : verdict)) };
}
function orders<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, at) => orders(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]));
}
function endings(changes: Timed[]): Set<string> {
  return new Set(orders(changes).map((order) => JSON.stringify(apply([...order, ...order]).message)));
}

describe('all orders with repetition end alike', () => {
  test.each<[string, Timed[]]>([
    [
      'statuses',
      [status('SENT', 1), status('DELIVERED', 2), status('READ', 3), status('PLAYED', 4), status('DELIVERED', 5)],
    ],
    [
      'a failure among statuses',
      [status('PENDING', 0), status('SENT', 1), status('FAILED', 2, '463'), status('READ', 3)],
    ],
    ['edits', [edit('a', 1), edit('b', 2), edit('c', 2), edit('d', 3)]],
    ['revokes', [revoke('a', 3), revoke('b', 1), revoke('c', 2)]],
    [
      'reactions',
      [
        reaction('me', '👍', 1),
        reaction('me', '❤️', 2),
        reaction('me', '', 3),
        reaction('x', '🙏', 1),
        reaction('me', '👍', 2),
      ],
    ],
    ['a mixture', [status('READ', 2), edit('a', 1), revoke('r', 3), reaction('me', '👍', 1)]],
  ])('%s', (_, changes) => expect(endings(changes)).toHaveProperty('size', 1));
});

describe('statuses', () => {
  test('never go back, and each state keeps its earliest time', () => {
    const { message, verdicts } = apply([status('READ', 9), status('SENT', 1), status('READ', 5), status('READ', 7)]);
    expect(message).toMatchObject({ status: 'READ', sentAt: new Date(T0 + 1000), readAt: new Date(T0 + 5000) });
    expect(verdicts).toEqual(['accepted', 'status_regression', 'duplicate', 'duplicate']);
  });

  test('FAILED comes only from SENT and below, with its reason', () => {
    expect(apply([status('SENT', 1), status('FAILED', 2, '463')]).message).toMatchObject({
      status: 'FAILED',
      failure: '463',
    });
    expect(apply([status('DELIVERED', 1), status('FAILED', 2)]).message.status).toBe('DELIVERED');
    expect(apply([status('FAILED', 1), status('SENT', 2)]).message.status).toBe('FAILED');
    expect(apply([status('FAILED', 1), status('DELIVERED', 2)]).message.status).toBe('DELIVERED');
  });
});

describe('edits', () => {
  test('the newest stands, an older one is a regression, a copy a duplicate', () => {
    const { message, verdicts } = apply([edit('new', 5), edit('old', 3), edit('new', 5)]);
    expect(message).toMatchObject({ content: 'new', editedAt: new Date(T0 + 5000) });
    expect(verdicts).toEqual(['accepted', 'status_regression', 'duplicate']);
  });

  test('one edit told in two spellings is told to screens once, and ends alike in both orders', () => {
    const spellings = [edit('ACTION', 5.25, 'new'), edit('wamid-1:5', 5, 'new')];
    expect(apply(spellings).verdicts).toEqual(['accepted', 'status_regression']);
    expect(apply(spellings.toReversed()).verdicts).toEqual(['accepted', 'duplicate']);
    expect(endings(spellings).size).toBe(1);
  });

  test('an edit of the caption alone leaves the content', () => {
    expect(apply([edit('a', 1, null, 'new caption')]).message).toMatchObject({
      content: 'original',
      caption: 'new caption',
    });
  });
});

describe('reactions', () => {
  test('in a chat of two, who reacts by the phone and then by the hidden id is one person; we are another', () => {
    const changes = [
      reaction('+5511977770001', '👍', 1),
      reaction('88110022003300@lid', '❤️', 2),
      reaction('me', '🙏', 3),
      reaction('+5511977770001', '❤️', 2),
    ];
    const ends = orders(changes).map(
      (order) => apply([...order, ...order], { ...blank(), chat: 'contact' }).message.reactions,
    );
    for (const end of ends) {
      expect(end.map(({ author, emoji }) => [author, emoji])).toEqual([
        ['+5511977770001', '❤️'],
        ['me', '🙏'],
      ]);
    }
  });

  test('the same emoji again is a duplicate, also later', () => {
    const { message, verdicts } = apply([reaction('me', '👍', 1), reaction('me', '👍', 4), reaction('me', '❤️', 3)]);
    expect(verdicts).toEqual(['accepted', 'duplicate', 'status_regression']);
    expect(message.reactions).toEqual([{ author: 'me', emoji: '👍', at: new Date(T0 + 4000).toISOString() }]);
  });

  test('a removal stays as a mark, so that an older reaction cannot come back', () => {
    const { message, verdicts } = apply([reaction('me', '', 5), reaction('me', '👍', 3)]);
    expect(verdicts).toEqual(['accepted', 'status_regression']);
    expect(message.reactions).toMatchObject([{ emoji: '' }]);
  });

  test('authors do not touch each other', () => {
    expect(
      apply([reaction('b', '👍', 1), reaction('a', '❤️', 2)]).message.reactions.map(({ author }) => author),
    ).toEqual(['a', 'b']);
  });
});

describe('the key of a parked change', () => {
  test('a copy without a time of its own has the same key; another act another one', () => {
    for (const [change] of [status('READ', 1), edit('a', 1), revoke('a', 1), reaction('me', '👍', 1)]) {
      expect(changeKey({ ...change })).toBe(changeKey(change));
    }
    const keys = [
      reaction('me', '👍', 1),
      reaction('me', '', 1),
      reaction('you', '👍', 1),
      status('READ', 1),
      status('SENT', 1),
    ];
    expect(new Set(keys.map(([change]) => changeKey(change))).size).toBe(5);
  });
});
