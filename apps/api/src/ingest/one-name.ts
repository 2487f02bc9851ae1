// Evidence in the messages themselves: one id, direction and time under a lid and under a phone is one person (DESIGN 3).
import type { OtherName } from '../db/sql/ingest-messages.js';
import { MergeNeeded, NamesJoined } from './batch-interrupts.js';
import type { Accepted } from './store-messages.js';
import type { MessageWork } from './work.js';

/** The new messages that such evidence can be about. */
export function personal(accepted: Accepted[]): Accepted[] {
  return accepted.filter(({ work, row }) => work.chat.kind === 'person' && row.brokerAt !== null);
}

/**
 * Two phones with one id are two messages; a phone and a hidden name are one person. One that was met for the first time
 * takes the other's name and the batch runs again (NamesJoined); two that are known already are merged (MergeNeeded).
 */
export function requireOneName(persons: Accepted[], others: OtherName[]): void {
  const pairs: MergeNeeded['pairs'] = [];
  let isJoined = false;
  const evidence = others.filter(({ n, chat, alias }) => {
    const mine = persons[n];
    return mine && !isGroup(chat) && isHidden(alias?.kind ?? null) !== isHidden(primaryKind(mine.work));
  });
  for (const { n, chat, alias } of evidence) {
    const mine = persons[n];
    // Which of two others it is, nothing tells.
    if (!mine || evidence.some((other) => other.n === n && other.chat !== chat)) continue;
    if (mine.work.chat.isNew && alias) {
      mine.work.chat.keys.push(alias);
      isJoined = true;
    } else
      pairs.push({
        tenantId: mine.row.tenantId,
        contactIds: [mine.row.chat, chat],
        evidence: 'one message under both',
      });
  }
  if (isJoined) throw new NamesJoined();
  if (pairs.length > 0) throw new MergeNeeded(pairs);
}

/** The chat of a group is its jid, that of a person a contact's id. */
function isGroup(chat: string): boolean {
  return chat.includes('@');
}

function primaryKind(work: MessageWork): string | null {
  const kinds = new Set(work.chat.keys.map((key) => key.kind));
  return kinds.has('phone') || kinds.has('jid') ? 'phone' : ([...kinds][0] ?? null);
}

function isHidden(kind: string | null): boolean {
  return kind === 'lid' || kind === 'bsuid' || kind === 'username';
}
