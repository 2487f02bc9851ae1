// The oracle must see every kind of damage: a world without any, and each one done to it alone.
import { describe, expect, test } from 'vitest';
import type { Fact } from '../facts.js';
import type { Entry } from '../ledger-records.js';
import type { Heard } from './heard.js';
import { nothingHeard } from './heard.js';
import type { StoredMessage } from './shown.js';
import { FINDINGS, isClean, judge, type Evidence, type FindingName } from './verdict.js';

const NO_COUNTS = { queued: 0, duplicates: 0, ignored: 0, rejected: 0, parked: 0 };

function message(id: string, hash = `hash ${id}`): Fact {
  return { kind: 'message', id, direction: 'OUTBOUND', hash };
}

function entry(n: number, tenantId: string, facts: Fact[], of: Partial<Entry> = {}): Entry {
  const poison = facts.filter(({ kind }) => kind === 'poison').length;
  const counts = { ...NO_COUNTS, queued: facts.length - poison, rejected: poison };
  return { n, tenantId, sha256: '', facts, outcome: 'acked', counts, attempts: 1, ...of };
}

function stored(tenantId: string, id: string, of: Partial<StoredMessage> = {}): StoredMessage {
  return {
    tenantId,
    messageId: `own ${id}`,
    id,
    direction: 'OUTBOUND',
    status: 'SENT',
    hash: `hash ${id}`,
    isRevoked: false,
    isBlank: false,
    reactions: [],
    ...of,
  };
}

function heardOf(tenantId: string, messages: StoredMessage[]): Heard {
  const heard = nothingHeard(tenantId, 'e:0');
  for (const [place, { messageId, id, hash, isRevoked }] of messages.entries()) {
    heard.announced.set(messageId, { id, direction: 'OUTBOUND', seqs: new Set([place + 1]), hash, isRevoked });
  }
  return Object.assign(heard, { seq: 9, events: 9 });
}

const on = { direction: 'OUTBOUND' as const };

/** Two tenants; everything that can happen to a message has happened to one, and shows. */
function world() {
  const a = [
    stored('t1', 'plain'),
    stored('t1', 'read', { status: 'READ' }),
    stored('t1', 'edited', { hash: 'second' }),
    stored('t1', 'revoked', { isRevoked: true, isBlank: true, hash: 'nothing' }),
    stored('t1', 'liked', { reactions: [{ by: 'them', emoji: '🙏' }] }),
  ];
  const b = [stored('t2', 'other')];
  const heard = [
    heardOf(
      't1',
      a.map((each) => (each.id === 'edited' ? { ...each, hash: 'hash edited' } : each)),
    ),
    heardOf('t2', b),
  ];
  const entries = [
    entry(0, 't1', [message('plain'), { kind: 'poison' }]),
    entry(1, 't1', [message('plain')]),
    entry(2, 't1', [message('read'), { kind: 'status', id: 'read', ...on, status: 'READ' }]),
    entry(3, 't1', [{ kind: 'status', id: 'read', ...on, status: 'DELIVERED' }]),
    entry(4, 't1', [message('edited'), { kind: 'edit', id: 'edited', ...on, hash: 'second', at: 2 }]),
    entry(5, 't1', [{ kind: 'edit', id: 'edited', ...on, hash: 'first', at: 1 }]),
    entry(6, 't1', [message('revoked'), { kind: 'revoke', id: 'revoked', ...on }]),
    entry(7, 't1', [message('liked'), { kind: 'reaction', id: 'liked', ...on, by: 'them', emoji: '🙏', at: 5 }]),
    entry(8, 't1', [{ kind: 'reaction', id: 'liked', ...on, by: 'them', emoji: '👍', at: 4 }]),
    entry(9, 't2', [message('other')]),
  ];
  const audit = { instanceId: 'i', received: 1, accepted: 1, duplicate: 0, ignored: 0, rejected: 0, parked: 0 };
  return {
    entries,
    stored: [...a, ...b],
    heard,
    audits: [{ ...audit, tenantId: 't1', unexplained: 0 }],
    freshTenants: new Set(['t1', 't2']),
    cursors: new Map([
      ['t1', 'e:9'],
      ['t2', 'e:9'],
    ]),
  } satisfies Evidence;
}

type World = ReturnType<typeof world>;

/** The stored message of that id. */
function at({ stored: all }: World, id: string): StoredMessage {
  const found = all.find((each) => each.id === id);
  if (!found) throw new Error(`no ${id}`);
  return found;
}

function remove(of: World, id: string): void {
  of.stored.splice(of.stored.indexOf(at(of, id)), 1);
}

function screen({ heard }: World): Heard {
  if (!heard[0]) throw new Error('no screen');
  return heard[0];
}

function announcement(of: World, id: string) {
  const found = screen(of).announced.get(`own ${id}`);
  if (!found) throw new Error(`${id} was not announced`);
  return found;
}

const DAMAGE: [string, FindingName, (of: World) => void][] = [
  ['a lost row', 'lost', (of) => remove(of, 'plain')],
  [
    'a lost row that a later replay acknowledged',
    'lost',
    (of) => {
      Object.assign(of.entries[0] ?? {}, { outcome: 'unknown', counts: null });
      remove(of, 'plain');
    },
  ],
  [
    'a lost row that was acknowledged before a replay got no answer',
    'lost',
    (of) => {
      Object.assign(of.entries[1] ?? {}, { outcome: 'unknown', counts: null });
      remove(of, 'plain');
    },
  ],
  ['a status that went back', 'lost', (of) => (at(of, 'read').status = 'DELIVERED')],
  ['a status that was never applied', 'lost', (of) => (at(of, 'read').status = 'SENT')],
  ['a status nobody told', 'corrupt', (of) => (at(of, 'plain').status = 'PLAYED')],
  ['a message that failed without a word of it', 'corrupt', (of) => (at(of, 'plain').status = 'FAILED')],
  ['a text that changed', 'corrupt', (of) => (at(of, 'plain').hash = 'another')],
  ['an edit that is not shown', 'lost', (of) => (at(of, 'edited').hash = 'hash edited')],
  ['an older edit over a newer one', 'lost', (of) => (at(of, 'edited').hash = 'first')],
  [
    'a revoked message that came back',
    'lost',
    (of) => Object.assign(at(of, 'revoked'), { isRevoked: false, isBlank: false, hash: 'hash revoked' }),
  ],
  ['a revoked message whose content is still shown', 'corrupt', (of) => (at(of, 'revoked').isBlank = false)],
  [
    'a message revoked by nobody',
    'corrupt',
    (of) => Object.assign(at(of, 'plain'), { isRevoked: true, isBlank: true }),
  ],
  ['a reaction that is not shown', 'lost', (of) => (at(of, 'liked').reactions = [])],
  ['an older reaction over a newer one', 'lost', (of) => (at(of, 'liked').reactions = [{ by: 'them', emoji: '👍' }])],
  ['a reaction nobody made', 'corrupt', (of) => (at(of, 'plain').reactions = [{ by: 'me', emoji: '😮' }])],
  ['two reactions of one author', 'corrupt', (of) => at(of, 'liked').reactions.push({ by: 'them', emoji: '👍' })],
  ['a row stored twice', 'duplicated', (of) => of.stored.push({ ...at(of, 'plain') })],
  ['a message announced under two numbers', 'duplicated', (of) => announcement(of, 'plain').seqs.add(8)],
  [
    'a message announced as two messages',
    'duplicated',
    (of) => screen(of).announced.set('own twin', { ...announcement(of, 'plain') }),
  ],
  ['a message announced with another text', 'corrupt', (of) => (announcement(of, 'plain').hash = 'another')],
  [
    'a message nobody sent',
    'corrupt',
    (of) => of.stored.push(stored('t2', 'from nowhere', { messageId: 'own other' })),
  ],
  ['a number that was skipped', 'gaps', (of) => screen(of).gaps.push({ from: 3, to: 4 })],
  ['a screen that never heard the end', 'gaps', (of) => (screen(of).seq = 8)],
  ['a screen in another epoch than the log', 'gaps', (of) => (screen(of).epoch = 'older')],
  ['a message stored and never announced', 'gaps', (of) => screen(of).announced.delete('own plain')],
  ['a row in another tenant', 'leaks', (of) => of.stored.push(stored('t1', 'other', { messageId: 'own plain' }))],
  ['a frame of another tenant', 'leaks', (of) => screen(of).foreign.push({ tenantId: 't2', seq: 3 })],
  [
    'a message announced to another tenant',
    'leaks',
    (of) => screen(of).announced.set('own other', { ...announcement(of, 'plain'), id: 'other' }),
  ],
  ['a frame that cannot be read', 'corrupt', (of) => screen(of).malformed.push('ticket.message')],
  [
    'poison that was counted as good',
    'unexplained',
    (of) => Object.assign(of.entries[0] ?? {}, { counts: { ...NO_COUNTS, queued: 2 } }),
  ],
  [
    'an item the answer does not count',
    'unexplained',
    (of) => Object.assign(of.entries[1] ?? {}, { counts: NO_COUNTS }),
  ],
  [
    'a good item that was rejected',
    'lost',
    (of) => Object.assign(of.entries[1] ?? {}, { counts: { ...NO_COUNTS, rejected: 1 } }),
  ],
  ['an audit that cannot explain', 'unexplained', (of) => Object.assign(of.audits[0] ?? {}, { unexplained: 1 })],
];

describe('the verdict', () => {
  test('on a world without damage is clean, and counts it', () => {
    const verdict = judge(world());
    expect(verdict).toMatchObject({ sent: 10, acked: 10, items: 15, stored: 6, heard: 18 });
    expect(FINDINGS.filter((name) => verdict[name].count > 0)).toEqual([]);
    expect(isClean(verdict)).toBe(true);
  });
  test.each(DAMAGE)('finds %s (%s)', (_what, name, damage) => {
    const of = world();
    damage(of);
    const verdict = judge(of);
    expect(FINDINGS.filter((finding) => verdict[finding].count > 0)).toEqual([name]);
    expect(verdict[name]).toEqual({ count: 1, examples: [expect.any(String)] });
    expect(isClean(verdict)).toBe(false);
  });
  test('is not clean when nothing was acknowledged, or something was refused', () => {
    expect(isClean(judge({ ...world(), entries: [], stored: [], heard: null }))).toBe(false);
    const of = world();
    of.entries.push(entry(10, 't1', [message('refused')], { outcome: 'refused', counts: null }));
    expect(isClean(judge(of))).toBe(false);
  });
  test('keeps the first ten examples of many', () => {
    const of = world();
    of.entries.push(
      entry(
        10,
        't1',
        Array.from({ length: 30 }, (_, n) => message(`gone ${n}`)),
      ),
    );
    expect(judge(of).lost).toMatchObject({ count: 30, examples: { length: 10 } });
  });
});

describe('what is in doubt', () => {
  const doubt = { outcome: 'unknown', counts: null } as const;

  test.each([true, false])('may be stored or not (stored: %s)', (isStored) => {
    const of = world();
    of.entries.push(entry(10, 't1', [message('doubtful')], doubt));
    if (isStored) {
      of.stored.push(stored('t1', 'doubtful'));
      screen(of).announced.set('own doubtful', { ...announcement(of, 'plain'), id: 'doubtful', hash: 'hash doubtful' });
    }
    expect(isClean(judge(of))).toBe(true);
  });
  test.each(['SENT', 'READ'] as const)('a status may have been applied or not (%s)', (status) => {
    const of = world();
    of.entries.push(entry(10, 't1', [{ kind: 'status', id: 'plain', ...on, status: 'READ' }], doubt));
    at(of, 'plain').status = status;
    expect(isClean(judge(of))).toBe(true);
  });
  test.each(['second', 'third'])('so may an edit (%s)', (hash) => {
    const of = world();
    of.entries.push(entry(10, 't1', [{ kind: 'edit', id: 'edited', ...on, hash: 'third', at: 3 }], doubt));
    at(of, 'edited').hash = hash;
    expect(isClean(judge(of))).toBe(true);
  });
  test('a change of a message that was never sent is nobody’s loss', () => {
    const of = world();
    of.entries.push(entry(10, 't1', [{ kind: 'revoke', id: 'never sent', ...on }]));
    expect(isClean(judge(of))).toBe(true);
  });
});
