// What undoing a merge does to tickets and messages, decided from the locked rows and the record of the merge alone.
import type { TicketFate } from '../db/sql/merge.js';
import type { MessagePlace } from '../db/sql/merge-messages.js';
import type { TicketRow } from '../db/sql/rows.js';
import type { MergeDetails } from './merge-details.js';
import { fateOf } from './merge-plan.js';
import { isOpen } from './open-ticket.js';

/** `opened` are tickets to make for messages that came later and have no ticket of the loser's to go to. */
export interface UnmergePlan {
  fates: TicketFate[];
  opened: { id: string; instanceId: string }[];
  places: Omit<MessagePlace, 'aliasId'>[];
}

interface Undone {
  winnerId: string;
  loserId: string;
  tickets: TicketRow[];
  messages: MessagePlace[];
  details: MergeDetails;
  newId: () => string;
}

/**
 * Messages that were there go back to the ticket they came from; later ones follow the alias they came under. A ticket
 * opened since, in which only the loser's names spoke, becomes the loser's. A closed ticket opens again unless its
 * conversation has another open one by now.
 */
export function planUnmerge(undone: Undone): UnmergePlan {
  const { winnerId, loserId, tickets, messages, details } = undone;
  const before = new Map(details.tickets.map((ticket) => [ticket.id, ticket]));
  const origin = new Map(
    Object.entries(details.messages).flatMap(([ticketId, ids]) => ids.map((id) => [id, ticketId])),
  );
  const aliases = new Set(details.aliases);
  const isTheirs = (message: MessagePlace) => {
    const home = origin.get(message.id);
    if (home !== undefined) return before.get(home)?.contactId === loserId;
    return message.aliasId !== null && aliases.has(message.aliasId);
  };
  const wholly = ticketsOfOneOwner(messages, isTheirs);
  const fates = new Map<string, TicketFate>();
  for (const ticket of tickets) {
    const was = before.get(ticket.id);
    if (was?.contactId === loserId) fates.set(ticket.id, { ...fateOf(ticket), contactId: loserId, chat: was.chat });
    else if (!was && wholly.has(ticket.id))
      fates.set(ticket.id, { ...fateOf(ticket), contactId: loserId, chat: loserId });
  }
  reopen(tickets, details, fates);

  const opened: UnmergePlan['opened'] = [];
  const ticketById = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  const contactOf = (ticketId: string) => (fates.get(ticketId) ?? ticketById.get(ticketId))?.contactId;
  const homeOf = (message: MessagePlace): string => {
    const home = origin.get(message.id);
    if (home !== undefined && ticketById.has(home)) return home;
    const owner = isTheirs(message) ? loserId : winnerId;
    if (contactOf(message.ticketId) === owner) return message.ticketId;
    const instanceId = ticketById.get(message.ticketId)?.instanceId ?? '';
    const mine = tickets.filter((ticket) => ticket.instanceId === instanceId && contactOf(ticket.id) === owner);
    const best = bestOf(mine, fates)?.id ?? opened.find((ticket) => ticket.instanceId === instanceId)?.id;
    if (best !== undefined) return best;
    const id = undone.newId();
    opened.push({ id, instanceId });
    return id;
  };
  const places = messages.flatMap((message) => {
    const chat = message.chat === winnerId && isTheirs(message) ? loserId : message.chat;
    const ticketId = homeOf(message);
    return ticketId === message.ticketId && chat === message.chat ? [] : [{ id: message.id, ticketId, chat }];
  });
  return { fates: [...fates.values()], opened, places };
}

/** Tickets with messages that all are the loser's. */
function ticketsOfOneOwner(messages: MessagePlace[], isTheirs: (message: MessagePlace) => boolean): Set<string> {
  const theirs = new Set(messages.filter(isTheirs).map((message) => message.ticketId));
  for (const message of messages) if (!isTheirs(message)) theirs.delete(message.ticketId);
  return theirs;
}

function reopen(tickets: TicketRow[], details: MergeDetails, fates: Map<string, TicketFate>): void {
  const fateNow = (ticket: TicketRow) => fates.get(ticket.id) ?? fateOf(ticket);
  for (const was of details.tickets) {
    const ticket = tickets.find((other) => other.id === was.id);
    // Closed into another ticket since, or touched by hand: that stands.
    if (!ticket || was.closedInto === null || ticket.mergedInto !== was.closedInto) continue;
    const fate = { ...fateNow(ticket), mergedInto: null };
    const isTaken = tickets.some((other) => {
      const now = fateNow(other);
      return other.id !== ticket.id && other.instanceId === ticket.instanceId && now.chat === fate.chat && isOpen(now);
    });
    const restored = { status: was.status, resolvedAt: dateOf(was.resolvedAt), closedAt: dateOf(was.closedAt) };
    fates.set(ticket.id, ticket.status !== 'CLOSED' || isTaken ? fate : { ...fate, ...restored });
  }
}

/** The open ticket, else the newest. */
function bestOf(tickets: TicketRow[], fates: Map<string, TicketFate>): TicketRow | undefined {
  const open = tickets.find((ticket) => isOpen(fates.get(ticket.id) ?? ticket));
  return open ?? tickets.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0];
}

function dateOf(instant: string | null): Date | null {
  return instant === null ? null : new Date(instant);
}
