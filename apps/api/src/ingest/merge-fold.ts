// Two stored copies of one message, once under each name of a person, become the one that stays.
import type { Reaction } from '@recado/contracts';
import type { MessageRow } from '../db/sql/rows.js';
import { joinStatus } from './status.js';

/** `changes` names what the kept row learned from the copy: status, edit, revoke, reaction. */
export interface FoldedCopy {
  kept: MessageRow;
  copy: MessageRow;
  changes: string[];
}

const TIMES = ['pendingAt', 'sentAt', 'deliveredAt', 'readAt', 'playedAt', 'failedAt'] as const;

/** Same id, direction and time are one message; two times are two messages that share an id. */
export function isSameMessage(a: MessageRow, b: MessageRow): boolean {
  return a.brokerAt?.getTime() === b.brokerAt?.getTime();
}

/** Keeps the copy that came first (one with content or with our own reference before one without) and what either has learned. */
export function foldCopies(a: MessageRow, b: MessageRow): FoldedCopy {
  const [first, copy] = isBetter(a, b) ? [a, b] : [b, a];
  const kept = { ...first };
  const changes: string[] = [];
  kept.status = joinStatus(first.status, copy.status);
  for (const time of TIMES) kept[time] = earliest(first[time], copy[time]);
  kept.failure = first.failure ?? copy.failure;
  if (kept.status !== first.status) changes.push('status');
  if (copy.editedAt !== null && (first.editedAt === null || copy.editedAt > first.editedAt)) {
    kept.editedAt = copy.editedAt;
    kept.editActionId = copy.editActionId;
    kept.content = copy.content;
    kept.caption = copy.caption;
    changes.push('edit');
  }
  kept.revokedAt = earliest(first.revokedAt, copy.revokedAt);
  if (first.revokedAt === null && kept.revokedAt !== null) changes.push('revoke');
  kept.reactions = newestReactions([...first.reactions, ...copy.reactions]);
  if (JSON.stringify(kept.reactions) !== JSON.stringify(newestReactions(first.reactions))) changes.push('reaction');
  return { kept, copy, changes };
}

function isBetter(a: MessageRow, b: MessageRow): boolean {
  if (a.placeholder !== b.placeholder) return b.placeholder;
  if ((a.clientRef === null) !== (b.clientRef === null)) return b.clientRef === null;
  const later = a.receivedAt.getTime() - b.receivedAt.getTime();
  return later < 0 || (later === 0 && a.id < b.id);
}

function earliest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

function newestReactions(reactions: Reaction[]): Reaction[] {
  const byAuthor = new Map<string, Reaction>();
  for (const reaction of reactions) {
    const other = byAuthor.get(reaction.author);
    if (!other || `${reaction.at} ${reaction.emoji}` > `${other.at} ${other.emoji}`)
      byAuthor.set(reaction.author, reaction);
  }
  return [...byAuthor.values()].toSorted((a, b) => (a.author < b.author ? -1 : 1));
}
