// The threading step: which ticket a message goes to, and whether one is opened or reopened for it (DESIGN 3).
import { newId } from '../ids.js';
import type { Queryable } from '../db/database.js';
import { storedMessages } from '../db/sql/ingest-messages.js';
import {
  insertTickets,
  latestTickets,
  reopenTickets,
  ticketsOfTime,
  type ChatAddress,
  type NewTicket,
} from '../db/sql/ingest-tickets.js';
import type { TicketRow } from '../db/sql/rows.js';
import { isOpen } from './open-ticket.js';
import { isQuietLine } from './timeline.js';
import { chatOf, type MessageWork } from './work.js';

const BESIDE_MS = 24 * 3_600_000;

/** What the step found out. */
export interface Threaded {
  /** Messages that are stored already; they open nothing. */
  stored: Set<MessageWork>;
  /** Tickets that were reopened. */
  reopened: Set<string>;
}

/** Sees to it that every message of the list has a ticket to go to: the chat's open one, or `ticketId`. */
export async function thread(
  client: Queryable,
  messages: MessageWork[],
  { now, reopenHours }: { now: Date; reopenHours: number },
): Promise<Threaded> {
  if (messages.length === 0) return { stored: new Set(), reopened: new Set() };
  const chats = conversationsOf(messages);
  const [latest, storedPlaces] = await Promise.all([
    latestTickets(
      client,
      chats.map((chat) => chat.address),
    ),
    storedMessages(client, messages.map(keyOf)),
  ]);
  const stored = new Set(messages.filter((_, place) => storedPlaces.has(place)));
  const newest = new Map(latest.map((ticket) => [chats[ticket.n], ticket]));

  const reopen: TicketRow[] = [];
  const open: NewTicket[] = [];
  const talking = new Set<Conversation>();
  for (const chat of chats) {
    const live = chat.messages.filter((message) => message.origin === 'live' && !stored.has(message));
    const ticket = newest.get(chat);
    if (ticket && isOpen(ticket)) talking.add(chat);
    if (live.length === 0 || (ticket && isOpen(ticket))) continue;
    const isFresh =
      ticket?.status === 'RESOLVED' && now.getTime() - Number(ticket.resolvedAt) < reopenHours * 3_600_000;
    const isHeard = live.some((message) => message.event.direction === 'INBOUND');
    if (!ticket || !isFresh || isHeard) talking.add(chat);
    if (!ticket || !isFresh) open.push(newTicket(chat, now, false));
    else if (isHeard) reopen.push(ticket);
    // What was typed on the phone joins the conversation it belongs to and reopens nothing.
    else for (const message of live) message.ticketId = ticket.id;
  }
  const reopened = reopen.length > 0 ? await reopenTickets(client, reopen) : new Set<string>();
  if (open.length > 0) await insertTickets(client, open);
  // A line told beside a conversation is part of it: an archive of its own would stand beside the ticket.
  const isBeside = (chat: Conversation, message: MessageWork) =>
    talking.has(chat) && isQuietLine(message.event) && now.getTime() - message.occurredAt.getTime() < BESIDE_MS;
  const past = chats.flatMap((chat) =>
    chat.messages
      .filter((message) => message.origin === 'history' && !stored.has(message) && !isBeside(chat, message))
      .map((message) => ({ chat, message })),
  );
  await fileHistory(client, past, now);
  return { stored, reopened };
}

/** Sends messages of the past to the ticket of their time, else to the chat's archive. */
async function fileHistory(
  client: Queryable,
  past: { chat: Conversation; message: MessageWork }[],
  now: Date,
): Promise<void> {
  if (past.length === 0) return;
  const asked = past.map(({ chat, message }) => ({ ...chat.address, at: message.occurredAt }));
  const homeless = new Set(past);
  for (const { n, id } of await ticketsOfTime(client, asked)) {
    const filed = past[n];
    if (!filed) continue;
    filed.message.ticketId = id;
    homeless.delete(filed);
  }
  if (homeless.size === 0) return;
  const archives = new Map([...homeless].map(({ chat }) => [chat, newTicket(chat, now, true)]));
  await insertTickets(client, [...archives.values()]);
  // Read again: the archive may be a racing batch's.
  const places = [...homeless];
  for (const { n, id } of await ticketsOfTime(
    client,
    places.map(({ chat, message }) => ({ ...chat.address, at: message.occurredAt })),
  )) {
    const filed = places[n];
    if (filed) filed.message.ticketId = id;
  }
}

interface Conversation {
  address: ChatAddress;
  contactId: string;
  messages: MessageWork[];
}

/** The conversations of some messages in lock order. */
function conversationsOf(messages: MessageWork[]): Conversation[] {
  const found = new Map<string, Conversation>();
  for (const message of messages) {
    const address = addressOfChat(message);
    const key = chatKey(address);
    const conversation = found.get(key) ?? { address, contactId: message.chat.contact?.id ?? '', messages: [] };
    conversation.messages.push(message);
    found.set(key, conversation);
  }
  return [...found.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, conversation]) => conversation);
}

/** Where a work item's conversation is. Its chat must be known. */
export function addressOfChat(work: Pick<MessageWork, 'delivery' | 'chat'>): ChatAddress {
  const { tenantId, instanceId } = work.delivery;
  return { tenantId, instanceId, chat: chatOf(work.chat) ?? '' };
}

/** A conversation as one string; conversations are locked in the order of these. */
export function chatKey(address: ChatAddress): string {
  return `${address.tenantId}\u0000${address.instanceId}\u0000${address.chat}`;
}

function keyOf(message: MessageWork) {
  return { ...addressOfChat(message), externalId: message.event.externalId, direction: message.event.direction };
}

function newTicket(chat: Conversation, at: Date, isHistory: boolean): NewTicket {
  return { ...chat.address, id: newId(), contactId: chat.contactId, isHistory, at };
}
