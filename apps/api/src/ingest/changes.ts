// What a status, an edit, a revoke or a reaction does to a message: commutative, idempotent by each one's own key (DESIGN 2).
import type { CanonicalChange, MessageStatus, Reaction, Reason, Verdict } from '@recado/contracts';
import type { MessageRow } from '../db/sql/rows.js';
import { joinStatus } from './status.js';

/** The columns a change may touch. */
export type ChangeableMessage = Pick<
  MessageRow,
  | 'chat'
  | 'status'
  | 'pendingAt'
  | 'sentAt'
  | 'deliveredAt'
  | 'readAt'
  | 'playedAt'
  | 'failedAt'
  | 'failure'
  | 'content'
  | 'caption'
  | 'editedAt'
  | 'editActionId'
  | 'revokedAt'
  | 'reactions'
>;

/** The message after the change, and what to tell. `dirty` is true whenever a column differs, also when nobody need be told. */
export interface Changed {
  verdict: Verdict;
  reason: Reason;
  dirty: boolean;
}

const STATUS_COLUMN = {
  PENDING: 'pendingAt',
  UNKNOWN: null,
  SENT: 'sentAt',
  DELIVERED: 'deliveredAt',
  READ: 'readAt',
  PLAYED: 'playedAt',
  FAILED: 'failedAt',
} as const satisfies Record<MessageStatus, keyof ChangeableMessage | null>;

const ACCEPTED: Changed = { verdict: 'accepted', reason: 'ok', dirty: true };
const DUPLICATE: Changed = { verdict: 'duplicate', reason: 'duplicate', dirty: false };
const REGRESSION: Changed = { verdict: 'ignored', reason: 'status_regression', dirty: false };

/** Applies a change at its instant to the message, in place. */
export function applyChange(message: ChangeableMessage, change: CanonicalChange, at: Date): Changed {
  switch (change.kind) {
    case 'status':
      return applyStatus(message, change.status, at, change.failure);
    case 'edit':
      return applyEdit(message, change, at);
    case 'revoke':
      return applyRevoke(message, at);
    case 'reaction':
      return applyReaction(message, { author: change.author, emoji: change.emoji, at: at.toISOString() });
  }
}

function applyStatus(message: ChangeableMessage, status: MessageStatus, at: Date, failure: string | null): Changed {
  const column = STATUS_COLUMN[status];
  const known = column && message[column];
  const isSeen = known !== null || message.status === status;
  // The earliest time of a state stands, whatever the order in which the copies came; of one instant, one reason.
  const isFirst = column !== null && (known === null || at < known);
  const isReason = status === 'FAILED' && Number(known) === at.getTime() && (failure ?? '') > (message.failure ?? '');
  const dirty = isFirst || isReason;
  if (column && isFirst) message[column] = at;
  if (status === 'FAILED' && dirty) message.failure = failure;
  const joined = joinStatus(message.status, status);
  if (joined !== message.status) {
    message.status = joined;
    return ACCEPTED;
  }
  return { ...(isSeen ? DUPLICATE : REGRESSION), dirty };
}

type Edit = Extract<CanonicalChange, { kind: 'edit' }>;

/** The newest edit stands; two of one instant are ordered by their action ids. */
function applyEdit(message: ChangeableMessage, edit: Edit, at: Date): Changed {
  if (message.editActionId === edit.actionId) return DUPLICATE;
  if (message.editedAt !== null) {
    const later = at.getTime() - message.editedAt.getTime();
    if (later < 0 || (later === 0 && edit.actionId < (message.editActionId ?? ''))) return REGRESSION;
  }
  // One edit is told in several spellings, each by an id and a time of its own: the words tell that nothing changed.
  const isSame = message.editedAt !== null && saysTheSame(message, edit);
  message.editedAt = at;
  message.editActionId = edit.actionId;
  if (isSame) return { ...DUPLICATE, dirty: true };
  if (edit.content !== null) message.content = edit.content;
  if (edit.caption !== null) message.caption = edit.caption;
  return ACCEPTED;
}

function saysTheSame(message: ChangeableMessage, { content, caption }: Edit): boolean {
  return (content ?? message.content) === message.content && (caption ?? message.caption) === message.caption;
}

function applyRevoke(message: ChangeableMessage, at: Date): Changed {
  const dirty = message.revokedAt === null || at < message.revokedAt;
  const isFirst = message.revokedAt === null;
  if (dirty) message.revokedAt = at;
  return isFirst ? ACCEPTED : { ...DUPLICATE, dirty };
}

/** One reaction an author, the newest; an empty emoji stays as the mark of its removal, so that a late older one cannot bring it back. */
function applyReaction(message: ChangeableMessage, reaction: Reaction): Changed {
  const previous = message.reactions.find((other) => isOneAuthor(message.chat, other.author, reaction.author));
  const isSame = previous?.emoji === reaction.emoji;
  // The same emoji again is no change, told with a time or without; it may only be newer news.
  if (previous && !isNewer(reaction, previous)) return isSame ? DUPLICATE : REGRESSION;
  const others = message.reactions.filter((other) => other !== previous);
  message.reactions = [...others, reaction].toSorted((a, b) => (a.author < b.author ? -1 : 1));
  return isSame ? { ...DUPLICATE, dirty: true } : ACCEPTED;
}

/** In a chat of two, whoever is not us is the other one, by whatever address: a phone or a hidden id. The chat of a group is its jid. */
function isOneAuthor(chat: string, one: string, other: string): boolean {
  return one === other || (!chat.includes('@') && one !== 'me' && other !== 'me');
}

/** An order of all reactions of one author, so that the end does not depend on which came first. */
function isNewer(one: Reaction, other: Reaction): boolean {
  if (one.at !== other.at) return one.at > other.at;
  return one.emoji === other.emoji ? one.author < other.author : one.emoji > other.emoji;
}

/** Key by which a parked change is known, so that its copies park once. */
export function changeKey(change: CanonicalChange): string {
  switch (change.kind) {
    case 'status':
      // The earliest time of a state stands, so a copy with a time of its own has something to say.
      return `${change.status} ${change.at ?? ''}`;
    case 'edit':
    case 'revoke':
      return change.actionId;
    case 'reaction':
      return `${change.author} ${change.at ?? ''} ${change.emoji}`;
  }
}
