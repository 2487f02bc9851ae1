// What the ledger says must be there: every message with everything that was told about it, acknowledged or in doubt.
import type { Fact } from '../facts.js';
import type { Entry } from '../ledger-records.js';

type Of<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>;

/** Acknowledged facts must show; those in doubt may. A fact told several times is acknowledged when one telling was. */
export interface Told<F> {
  fact: F;
  isAcked: boolean;
}

/** A message and its later life as it was told. */
export interface Expected {
  tenantId: string;
  id: string;
  direction: 'INBOUND' | 'OUTBOUND';
  /** Null when only changes of it were told. */
  message: Told<Of<'message'>> | null;
  statuses: Told<Of<'status'>>[];
  edits: Told<Of<'edit'>>[];
  revokes: Told<Of<'revoke'>>[];
  reactions: Told<Of<'reaction'>>[];
}

/** A message's name among all tenants'. */
export function nameOf(message: { tenantId: string; id: string; direction: string }): string {
  return `${message.tenantId} ${message.direction} ${message.id}`;
}

/** By name. What was refused is not expected, and forbidden neither: the service said it would not take it. */
export function expectedFrom(entries: Iterable<Entry>): Map<string, Expected> {
  const found = new Map<string, Expected>();
  for (const { tenantId, facts, outcome } of entries) {
    for (const fact of facts) {
      if (fact.kind === 'poison') continue;
      const { id, direction } = fact;
      const name = nameOf({ tenantId, id, direction });
      const expected = found.get(name) ?? nothingTold(tenantId, id, direction);
      found.set(name, expected);
      note(expected, fact, outcome === 'acked');
    }
  }
  return found;
}

function nothingTold(tenantId: string, id: string, direction: Expected['direction']): Expected {
  return { tenantId, id, direction, message: null, statuses: [], edits: [], revokes: [], reactions: [] };
}

function note(expected: Expected, fact: Exclude<Fact, { kind: 'poison' }>, isAcked: boolean): void {
  switch (fact.kind) {
    case 'message':
      expected.message = { fact, isAcked: isAcked || (expected.message?.isAcked ?? false) };
      return;
    case 'status':
      return merge(expected.statuses, { fact, isAcked }, (other) => other.status === fact.status);
    case 'edit':
      return merge(expected.edits, { fact, isAcked }, (other) => other.hash === fact.hash && other.at === fact.at);
    case 'revoke':
      return merge(expected.revokes, { fact, isAcked }, () => true);
    case 'reaction':
      return merge(expected.reactions, { fact, isAcked }, (other) => isSameReaction(other, fact));
    default:
      return fact satisfies never;
  }
}

function isSameReaction(a: Of<'reaction'>, b: Of<'reaction'>): boolean {
  return a.by === b.by && a.at === b.at && a.emoji === b.emoji;
}

function merge<F>(list: Told<F>[], told: Told<F>, isSame: (other: F) => boolean): void {
  const known = list.find((other) => isSame(other.fact));
  if (known) known.isAcked ||= told.isAcked;
  else list.push(told);
}
