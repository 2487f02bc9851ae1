// A world without any damage for the tests of the oracle: two tenants, and everything that can happen to a message has happened to one.
import type { Fact } from '../facts.js';
import type { Entry } from '../ledger-records.js';
import { nothingHeard, type Heard } from './heard.js';
import type { StoredMessage } from './shown.js';
import type { Evidence } from './verdict.js';

export const NO_COUNTS = { queued: 0, duplicates: 0, ignored: 0, rejected: 0, parked: 0 };

export function message(id: string, hash = `hash ${id}`): Fact {
  return { kind: 'message', id, direction: 'OUTBOUND', hash, chat: `+55 ${id}`, name: `Ana ${id}`, at: 7 };
}

export function entry(n: number, tenantId: string, facts: Fact[], of: Partial<Entry> = {}): Entry {
  const poison = facts.filter(({ kind }) => kind === 'poison').length;
  const counts = { ...NO_COUNTS, queued: facts.length - poison, rejected: poison };
  return { n, tenantId, sha256: '', facts, outcome: 'acked', status: 202, counts, attempts: 1, ...of };
}

export function stored(tenantId: string, id: string, of: Partial<StoredMessage> = {}): StoredMessage {
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
    contact: { id: `contact ${id}`, name: `Ana ${id}`, phone: `+55 ${id}` },
    at: 7,
    ...of,
  };
}

function heardOf(tenantId: string, messages: StoredMessage[]): Heard {
  const heard = nothingHeard(tenantId, 'e:0');
  for (const [place, { messageId, ...message }] of messages.entries()) {
    heard.announced.set(messageId, { ...message, contact: { ...message.contact }, seqs: new Set([place + 1]) });
  }
  return Object.assign(heard, { seq: 9, events: 9 });
}

export const on = { direction: 'OUTBOUND' as const };

/** Two tenants; everything that can happen to a message has happened to one, and shows. */
export function world() {
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
  const audit = { instanceId: 'i', received: 14, accepted: 14, duplicate: 0, ignored: 0, rejected: 0, parked: 0 };
  return {
    entries,
    stored: [...a, ...b],
    heard,
    audits: ['t1', 't2'].map((tenantId) => ({ ...audit, tenantId, unexplained: 0 })),
    freshTenants: new Set(['t1', 't2']),
    cursors: new Map([
      ['t1', 'e:9'],
      ['t2', 'e:9'],
    ]),
  } satisfies Evidence;
}

export type World = ReturnType<typeof world>;

/** The stored message of that id. */
export function at({ stored: all }: World, id: string): StoredMessage {
  const found = all.find((each) => each.id === id);
  if (!found) throw new Error(`no ${id}`);
  return found;
}

export function remove(of: World, id: string): void {
  of.stored.splice(of.stored.indexOf(at(of, id)), 1);
}

export function screen({ heard }: World): Heard {
  if (!heard[0]) throw new Error('no screen');
  return heard[0];
}

export function announcement(of: World, id: string) {
  const found = screen(of).announced.get(`own ${id}`);
  if (!found) throw new Error(`${id} was not announced`);
  return found;
}
