// Events that change a message told before: edit, revoke, reaction.
import type { CanonicalChange, CanonicalMessage } from '@recado/contracts';
import type { Action } from './kind.js';
import type { Stamp } from './outer.js';

export type Change = Exclude<Action, { action: 'ignore' | 'identity' }>;

export interface ChangeFacts {
  stamp: Stamp;
  chat: CanonicalMessage['chat'];
  /** Who did it, from our side. */
  direction: 'INBOUND' | 'OUTBOUND';
  /** Id of the act itself: what makes a repetition a duplicate. */
  actionId: string;
  /** Stable name of who did it. */
  author: string;
}

/** The canonical event of a change. The target's direction is told only where nobody else could have done it. */
export function changeEvent(change: Change, facts: ChangeFacts): CanonicalChange {
  const { stamp, chat, direction, actionId, author } = facts;
  const target = { ...stamp, chat, targetId: change.targetId };
  switch (change.action) {
    case 'edit': {
      const { content, caption } = change;
      return { kind: 'edit', ...target, targetDirection: direction, actionId, content, caption };
    }
    case 'revoke': {
      // In a group an admin may revoke what others wrote.
      const targetDirection = chat.kind === 'group' ? null : direction;
      return { kind: 'revoke', ...target, targetDirection, actionId };
    }
    case 'reaction':
      return { kind: 'reaction', ...target, targetDirection: null, author, emoji: change.emoji };
    default:
      return change satisfies never;
  }
}
