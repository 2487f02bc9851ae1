// Whether a stored message shows what was told about it: status as a maximum, the newest edit, revoked for good, the newest reactions.
import type { Status } from '../facts.js';
import { STATUSES } from '../facts.js';
import type { Expected, Told } from './expected.js';
import type { StoredMessage } from './shown.js';

/** lost: something acknowledged does not show; corrupt: something shows that nobody told. */
export interface Fault {
  kind: 'lost' | 'corrupt';
  what: string;
}

/** Every way in which the message differs from what was told of it. */
export function faultsOf(stored: StoredMessage, expected: Expected): Fault[] {
  return [statusFault(stored, expected), contentFault(stored, expected), ...reactionFaults(stored, expected)].filter(
    (fault) => fault !== null,
  );
}

function rank(status: Status): number {
  return STATUSES.indexOf(status);
}

/** A message begins as SENT. FAILED is reached from SENT and below only, which the order of the states says. */
function statusFault({ status }: StoredMessage, { statuses }: Expected): Fault | null {
  const least = highest(statuses.filter(({ isAcked }) => isAcked));
  if (rank(status) < rank(least)) return { kind: 'lost', what: `status ${least} was acknowledged, ${status} is shown` };
  const isTold = status === 'SENT' || statuses.some(({ fact }) => fact.status === status);
  return isTold ? null : { kind: 'corrupt', what: `status ${status} is shown and was never told` };
}

function highest(told: Told<{ status: Status }>[]): Status {
  return told.reduce<Status>((best, { fact }) => (rank(fact.status) > rank(best) ? fact.status : best), 'SENT');
}

function contentFault(stored: StoredMessage, { message, edits, revokes }: Expected): Fault | null {
  if (stored.isRevoked) {
    if (revokes.length === 0) return { kind: 'corrupt', what: 'it is shown as revoked and nobody revoked it' };
    return stored.isBlank ? null : { kind: 'corrupt', what: 'it is revoked and still shows its content' };
  }
  if (revokes.some(({ isAcked }) => isAcked)) return { kind: 'lost', what: 'it was revoked and is shown' };
  const versions = [
    ...(message ? [{ hash: message.fact.hash, at: -Infinity, isAcked: true }] : []),
    ...edits.map(flat),
  ];
  const shown = versions.filter((version) => version.hash === stored.hash);
  if (shown.length === 0) return { kind: 'corrupt', what: 'its content is none that was told' };
  const newest = Math.max(...versions.filter(({ isAcked }) => isAcked).map(({ at }) => at));
  const isCurrent = shown.some(({ at }) => at >= newest);
  return isCurrent ? null : { kind: 'lost', what: 'an acknowledged edit does not show' };
}

function flat({ fact, isAcked }: Told<{ hash: string; at: number }>) {
  return { ...fact, isAcked };
}

function reactionFaults({ reactions: shown }: StoredMessage, { reactions: told }: Expected): (Fault | null)[] {
  return (['me', 'them'] as const).map((by) => {
    const own = told.filter(({ fact }) => fact.by === by);
    const seen = shown.filter((reaction) => reaction.by === by).map(({ emoji }) => emoji);
    if (seen.length > 1) return { kind: 'corrupt', what: `${seen.length} reactions of one author are shown` };
    const [emoji = ''] = seen;
    const newest = Math.max(-Infinity, ...own.filter(({ isAcked }) => isAcked).map(({ fact }) => fact.at));
    const isCurrent = own.some(({ fact }) => fact.emoji === emoji && fact.at >= newest);
    // Nothing shown is right where nothing was acknowledged.
    if (isCurrent || (emoji === '' && newest === -Infinity)) return null;
    const isOlder = emoji === '' || own.some(({ fact }) => fact.emoji === emoji);
    return isOlder
      ? { kind: 'lost', what: 'an acknowledged reaction does not show' }
      : { kind: 'corrupt', what: 'a reaction is shown that nobody made' };
  });
}
