// What a merge does to the tickets of two contacts, decided from their locked rows alone (DESIGN 3).
import type { TicketFate } from '../db/sql/merge.js';
import type { ContactRow, TicketRow } from '../db/sql/rows.js';
import { isOpen } from './open-ticket.js';

/** Two open tickets that became one conversation. */
export interface TicketPair {
  kept: TicketRow;
  closed: TicketRow;
}
/** `fates` holds every ticket whose own columns change; `pairs` those whose messages come together. */
export interface MergePlan {
  pairs: TicketPair[];
  fates: TicketFate[];
}

/** The older contact wins: made earlier, or in the same instant with the lower id. */
export function olderFirst<Row extends { id: string; createdAt: Date }>(a: Row, b: Row): [Row, Row] {
  const later = a.createdAt.getTime() - b.createdAt.getTime();
  return later < 0 || (later === 0 && a.id < b.id) ? [a, b] : [b, a];
}

/** Per instance the older open ticket stays; whatever was the loser's becomes the winner's. */
export function planMerge(of: { winnerId: string; loserId: string; tickets: TicketRow[]; at: Date }): MergePlan {
  const fates = new Map<string, TicketFate>();
  for (const ticket of of.tickets) {
    if (ticket.contactId !== of.loserId) continue;
    const chat = ticket.chat === of.loserId ? of.winnerId : ticket.chat;
    fates.set(ticket.id, { ...fateOf(ticket), contactId: of.winnerId, chat });
  }
  const pairs = pairUp(of);
  for (const { kept, closed } of pairs) {
    const closing = fates.get(closed.id) ?? fateOf(closed);
    fates.set(closed.id, { ...closing, status: 'CLOSED', mergedInto: kept.id, closedAt: of.at });
    const keeping = fates.get(kept.id) ?? fateOf(kept);
    const queueId = keeping.queueId ?? closed.queueId;
    fates.set(kept.id, { ...keeping, queueId, ...(keeping.assigneeId === null && assignmentOf(closed)) });
  }
  return { pairs, fates: [...fates.values()] };
}

/** The columns of a ticket that a merge may change, as they are. */
export function fateOf(ticket: TicketRow): TicketFate {
  const { id, contactId, chat, status, queueId, assigneeId, mergedInto, resolvedAt, closedAt } = ticket;
  return { id, contactId, chat, status, queueId, assigneeId, mergedInto, resolvedAt, closedAt };
}

function pairUp({
  winnerId,
  loserId,
  tickets,
}: {
  winnerId: string;
  loserId: string;
  tickets: TicketRow[];
}): TicketPair[] {
  const open = tickets.filter((ticket) => isOpen(ticket) && ticket.chat === ticket.contactId);
  return open
    .filter((ticket) => ticket.contactId === loserId)
    .flatMap((lost) => {
      const won = open.find((other) => other.contactId === winnerId && other.instanceId === lost.instanceId);
      if (!won) return [];
      const [kept, closed] = olderFirst(lost, won);
      return [{ kept, closed }];
    });
}

/** Whoever answered the ticket that closes goes on in the one that stays. */
function assignmentOf(closed: TicketRow): Partial<TicketFate> {
  return closed.assigneeId === null ? {} : { assigneeId: closed.assigneeId, status: closed.status };
}

const FILLABLE = ['name', 'pushName', 'phone', 'document', 'registrations', 'avatarUrl'] as const;

/** The attributes the winner lacks and the loser has, with the times that guard them. */
export function filledFrom(winner: ContactRow, loser: ContactRow): Partial<ContactRow> {
  const filled: Partial<ContactRow> = {};
  for (const key of FILLABLE) {
    if (winner[key] === null && loser[key] !== null) Object.assign(filled, { [key]: loser[key] });
  }
  if (filled.name !== undefined) filled.nameAt = loser.nameAt;
  if (filled.avatarUrl !== undefined) filled.avatarAt = loser.avatarAt;
  return filled;
}
