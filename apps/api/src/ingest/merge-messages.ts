// The part of a merge that happens under the tenant's log lock: messages come together, copies are settled, tickets recounted.
import type { Queryable } from '../db/database.js';
import { updateMessages } from '../db/sql/ingest-messages.js';
import { updateTickets } from '../db/sql/ingest-tickets.js';
import {
  deleteCopy,
  messagePlaces,
  messagesInBothChats,
  placeMessages,
  recountTickets,
  settleAsDuplicate,
  unreadMessages,
  type MessagePlace,
} from '../db/sql/merge-messages.js';
import type { TicketRow } from '../db/sql/rows.js';
import type { MergeDetails } from './merge-details.js';
import { foldCopies, isSameMessage, type FoldedCopy } from './merge-fold.js';
import type { TicketPair } from './merge-plan.js';
import { previewOf } from './preview.js';

/** What became of the messages. `touched` are the tickets whose timeline must be counted anew. */
export interface MovedMessages {
  folded: FoldedCopy[];
  touched: Set<string>;
  /** Unread messages by the ticket they are in now. */
  unread: Map<string, string[]>;
  details: Pick<MergeDetails, 'messages' | 'copies'>;
}

/** Moves the loser's messages into the winner's chat and those of closed tickets into the kept ones. `tickets` are both contacts', locked. */
export async function moveMessages(
  client: Queryable,
  of: { tenantId: string; winnerId: string; loserId: string; tickets: TicketRow[]; pairs: TicketPair[] },
): Promise<MovedMessages> {
  const { tenantId, winnerId, loserId, tickets, pairs } = of;
  const lost = tickets.filter((ticket) => ticket.contactId === loserId).map((ticket) => ticket.id);
  const into = new Map(pairs.map(({ kept, closed }) => [closed.id, kept.id]));
  const unread = await unreadMessages(
    client,
    tenantId,
    tickets.map((ticket) => ticket.id),
  );
  const places = await messagePlaces(client, tenantId, [...new Set([...lost, ...into.keys()])]);
  const { folded, separate } = await findCopies(client, {
    tenantId,
    ticketIds: lost,
    chat: loserId,
    otherChat: winnerId,
  });
  const unreadIds = new Set(unread.map((message) => message.id));
  const copies = await settleCopies(client, tenantId, folded, unreadIds);

  const deleted = new Set(folded.map(({ copy }) => copy.id));
  const moved = places
    .filter((place) => !deleted.has(place.id))
    .map((place) => ({
      ...place,
      ticketId: into.get(place.ticketId) ?? place.ticketId,
      chat: place.chat === loserId && !separate.has(place.id) ? winnerId : place.chat,
    }));
  const before = new Map(places.map((place) => [place.id, place]));
  await placeMessages(
    client,
    tenantId,
    moved.filter((place) => isElsewhere(place, before.get(place.id))),
  );

  for (const { kept } of folded) {
    kept.ticketId = into.get(kept.ticketId) ?? kept.ticketId;
    kept.chat = winnerId;
  }
  const touched = new Set([
    ...pairs.flatMap(({ kept, closed }) => [kept.id, closed.id]),
    ...folded.flatMap(({ kept, copy }) => [kept.ticketId, into.get(copy.ticketId) ?? copy.ticketId]),
  ]);
  const stillUnread = unread
    .filter((message) => !deleted.has(message.id))
    .map((message) => ({ ...message, ticketId: into.get(message.ticketId) ?? message.ticketId }));
  return {
    folded,
    touched,
    unread: groupIds(stillUnread),
    details: { messages: Object.fromEntries(groupIds(places.filter((place) => !deleted.has(place.id)))), copies },
  };
}

/** Counts the touched tickets anew from their messages and writes all of the tickets with `at` as the time of their change. */
export async function recount(
  client: Queryable,
  of: { tenantId: string; tickets: TicketRow[]; touched: Set<string>; unread: Map<string, string[]>; at: Date },
): Promise<TicketRow[]> {
  const counts = await recountTickets(client, of.tenantId, [...of.touched]);
  const byId = new Map(counts.map((count) => [count.id, count]));
  const rows = of.tickets.map((ticket) => {
    const count = byId.get(ticket.id);
    if (!count) return { ...ticket, updatedAt: of.at };
    const { type, content, caption, revokedAt, ...timeline } = count;
    const preview = type === null || revokedAt ? null : previewOf({ type, content, caption });
    return { ...ticket, ...timeline, preview, unread: of.unread.get(ticket.id)?.length ?? 0, updatedAt: of.at };
  });
  await updateTickets(client, rows);
  return rows;
}

/** `separate` are the loser's messages that share an id with another message of the winner's: they keep their chat. */
async function findCopies(
  client: Queryable,
  where: { tenantId: string; ticketIds: string[]; chat: string; otherChat: string },
): Promise<{ folded: FoldedCopy[]; separate: Set<string> }> {
  const rows = await messagesInBothChats(client, where);
  const folded: FoldedCopy[] = [];
  const separate = new Set<string>();
  for (const lost of rows.filter((row) => row.chat === where.chat)) {
    const won = rows.find(
      (row) =>
        row.chat === where.otherChat &&
        row.instanceId === lost.instanceId &&
        row.externalId === lost.externalId &&
        row.direction === lost.direction,
    );
    if (won && isSameMessage(won, lost)) folded.push(foldCopies(won, lost));
    else separate.add(lost.id);
  }
  return { folded, separate };
}

async function settleCopies(
  client: Queryable,
  tenantId: string,
  folded: FoldedCopy[],
  unreadIds: Set<string>,
): Promise<MergeDetails['copies']> {
  const copies: MergeDetails['copies'] = [];
  for (const { kept, copy } of folded) {
    const ids = { tenantId, copyId: copy.id, keptId: kept.id };
    const ledger = await settleAsDuplicate(client, { ...ids, externalId: copy.externalId });
    const row = await deleteCopy(client, ids);
    copies.push({ row, isUnread: unreadIds.has(copy.id), ledger });
  }
  const learned = folded.filter(({ changes }) => changes.length > 0).map(({ kept }) => kept);
  if (learned.length > 0) await updateMessages(client, learned);
  return copies;
}

function isElsewhere(place: MessagePlace, before: MessagePlace | undefined): boolean {
  return place.ticketId !== before?.ticketId || place.chat !== before.chat;
}

function groupIds(rows: { id: string; ticketId: string }[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { id, ticketId } of rows) {
    const ids = groups.get(ticketId);
    if (ids) ids.push(id);
    else groups.set(ticketId, [id]);
  }
  return groups;
}
