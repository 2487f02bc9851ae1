// The oracle must see every kind of damage: a world without any, and each one done to it alone.
import { describe, expect, test } from 'vitest';
import type { Fact } from '../facts.js';
import {
  announcement,
  at,
  entry,
  message,
  NO_COUNTS,
  on,
  remove,
  screen,
  stored,
  world,
} from './sound-world.fixture.js';
import type { World } from './sound-world.fixture.js';
import { FINDINGS, isClean, judge, type FindingName } from './verdict.js';

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
  [
    'a message in the conversation with another number',
    'corrupt',
    (of) => (at(of, 'plain').contact = { id: 'contact plain', name: null, phone: '+55 read' }),
  ],
  ['a message with somebody of another name', 'corrupt', (of) => (at(of, 'plain').contact.name = 'Ana other')],
  [
    'a message with a nameless contact who is another’s',
    'corrupt',
    (of) => (at(of, 'read').contact = { id: 'contact plain', name: null, phone: null }),
  ],
  [
    'a conversation in two pieces',
    'corrupt',
    (of) => {
      of.entries.push(entry(10, 't1', [{ ...message('second'), chat: '+55 plain', name: 'Ana plain' } as Fact]));
      const piece = stored('t1', 'second', { contact: { id: 'new', name: null, phone: null } });
      of.stored.push(piece);
      screen(of).announced.set('own second', { ...piece, seqs: new Set([8]) });
      Object.assign(of.audits[0] ?? {}, { received: 15 });
    },
  ],
  ['a message at another time', 'corrupt', (of) => (at(of, 'plain').at = 8)],
  ['a message announced with another number', 'corrupt', (of) => (announcement(of, 'plain').contact.phone = '+1')],
  ['a message announced at another time', 'corrupt', (of) => (announcement(of, 'plain').at = 8)],
  [
    'a message announced and stored nowhere',
    'corrupt',
    (of) => screen(of).announced.set('own ghost', { ...announcement(of, 'plain'), id: 'ghost' }),
  ],
  ['an event told twice on one connection', 'duplicated', (of) => screen(of).doubled.push(4)],
  ['an event told again with another content', 'corrupt', (of) => screen(of).altered.push(4)],
  ['a screen that had to load again', 'gaps', (of) => (screen(of).resyncs = 1)],
  ['a tenant that nobody listened to', 'gaps', (of) => of.heard.splice(1, 1)],
  ['a screen that was told nothing', 'gaps', (of) => Object.assign(of.heard[1] ?? {}, { events: 0 })],
  ['a tenant without a cursor', 'gaps', (of) => of.cursors.delete('t2')],
  ['an audit that is missing', 'unexplained', (of) => of.audits.splice(1, 1)],
  [
    'an audit that knows of less than was acknowledged',
    'unexplained',
    (of) => Object.assign(of.audits[0] ?? {}, { received: 13 }),
  ],
  [
    'an acknowledgement without counts',
    'unexplained',
    (of) => Object.assign(of.entries[1] ?? {}, { status: 200, counts: null }),
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
  test('is not clean when a delivery has no outcome, unless a signal ended the run', () => {
    const of = world();
    of.entries.push(entry(10, 't1', [message('doubtful')], { outcome: 'unknown', counts: null }));
    expect(isClean(judge(of))).toBe(false);
    expect(isClean(judge({ ...of, isInterrupted: true }))).toBe(true);
  });
  test('lets screens load again where the experiment says that they may', () => {
    const of = world();
    screen(of).resyncs = 1;
    expect(isClean(judge({ ...of, mayResync: true }))).toBe(true);
  });
  test('does not ask for a message that was announced after the reading began', () => {
    const of = world();
    screen(of).announced.set('own late', { ...announcement(of, 'plain'), id: 'late', seqs: new Set([10]) });
    expect(isClean(judge(of))).toBe(true);
  });
  test('does not ask for the time of a message whose time was not to be believed', () => {
    const of = world();
    for (const { facts } of of.entries) for (const fact of facts) if (fact.kind === 'message') fact.at = null;
    expect(isClean(judge(of))).toBe(true);
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
      screen(of).announced.set('own doubtful', { ...at(of, 'doubtful'), seqs: new Set([8]) });
    }
    expect(FINDINGS.filter((name) => judge(of)[name].count > 0)).toEqual([]);
  });
  test.each(['SENT', 'READ'] as const)('a status may have been applied or not (%s)', (status) => {
    const of = world();
    of.entries.push(entry(10, 't1', [{ kind: 'status', id: 'plain', ...on, status: 'READ' }], doubt));
    at(of, 'plain').status = status;
    expect(FINDINGS.filter((name) => judge(of)[name].count > 0)).toEqual([]);
  });
  test.each(['second', 'third'])('so may an edit (%s)', (hash) => {
    const of = world();
    of.entries.push(entry(10, 't1', [{ kind: 'edit', id: 'edited', ...on, hash: 'third', at: 3 }], doubt));
    at(of, 'edited').hash = hash;
    expect(FINDINGS.filter((name) => judge(of)[name].count > 0)).toEqual([]);
  });
  test('a change of a message that was never sent is nobody’s loss', () => {
    const of = world();
    of.entries.push(entry(10, 't1', [{ kind: 'revoke', id: 'never sent', ...on }]));
    Object.assign(of.audits[0] ?? {}, { received: 15 });
    expect(FINDINGS.filter((name) => judge(of)[name].count > 0)).toEqual([]);
  });
});
