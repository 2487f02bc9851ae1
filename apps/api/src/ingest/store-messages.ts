// The deduplicating step: locks the tickets of a batch, stores its messages, counts the new ones into their tickets.
import type { Queryable } from '../db/database.js';
import { insertMessages, ticketsShowing, type NewMessage } from '../db/sql/ingest-messages.js';
import { lockOpenTickets, lockTickets, type ChatAddress, type LockedTicket } from '../db/sql/ingest-tickets.js';
import type { MessageRow } from '../db/sql/rows.js';
import { StaleMemory } from './batch-interrupts.js';
import { addressOf } from './known-aliases.js';
import { isOpen } from './open-ticket.js';
import { countMessage } from './timeline.js';
import { messageRow } from './message-row.js';
import { addressOfChat, chatKey } from './thread.js';
import type { ChangeWork, MessageWork } from './work.js';

/** A message of this batch that was not stored before, with its row and the ticket as it stood right after it. */
export interface Accepted {
  work: MessageWork;
  row: MessageRow;
  /** The ticket object is shared by the batch; this is its state after this message. */
  ticket: LockedTicket;
  /** The status it came with: receipts that were early or came in the same batch raise the row's. */
  status: MessageRow['status'];
}

/** What was stored. `tickets` holds every locked ticket by id, already counted forward. */
export interface Stored {
  accepted: Accepted[];
  duplicates: MessageWork[];
  tickets: Map<string, LockedTicket>;
  /** Tickets that differ from what the database has. */
  touched: Set<LockedTicket>;
}

/** Stores the messages. `stored` are those the threading step has seen in the database. Throws StaleMemory. */
export async function storeMessages(
  client: Queryable,
  input: { messages: MessageWork[]; changes: ChangeWork[]; stored: Set<MessageWork>; now: Date },
): Promise<Stored> {
  const { messages, now } = input;
  const showing = await ticketsOfRevised(client, input.changes, input.stored);
  const chats = new Map(
    messages.map((work) => {
      const address = addressOfChat(work);
      return [chatKey(address), address];
    }),
  );
  const explicit = [
    ...showing,
    ...messages
      .filter((message) => message.ticketId !== null)
      .map(({ delivery, ticketId }) => ({ tenantId: delivery.tenantId, id: ticketId ?? '' })),
  ];
  const rows = new Map(messages.map((work) => [work, messageRow(work, work.ticketId ?? '')]));
  const sorted = [...rows]
    .map(([work, row]) => ({ key: keyOf(row), message: newMessage(work, row) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ message }) => message);
  const sortedChats = [...chats.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, chat]) => chat);
  const [locked, inserted] = await Promise.all([
    lock(client, sortedChats, explicit),
    sorted.length > 0 ? insertMessages(client, sorted) : new Map<string, string>(),
  ]);
  const tickets = new Map(locked.map((ticket) => [ticket.id, ticket]));
  const openByChat = new Map(locked.filter((ticket) => isOpen(ticket)).map((ticket) => [chatKey(ticket), ticket]));

  const result: Stored = { accepted: [], duplicates: [], tickets, touched: new Set() };
  const stale: string[] = [];
  for (const [work, row] of [...rows].toSorted(([a], [b]) => byTime(a, b))) {
    const ticketId = inserted.get(work.messageId);
    const ticket = ticketId === undefined ? undefined : tickets.get(ticketId);
    if (isOutOfDate(work, openByChat)) {
      stale.push(...addressesOf(work));
    } else if (ticketId !== undefined && ticket) {
      row.ticketId = ticketId;
      result.accepted.push(accept(work, row, ticket, now));
      result.touched.add(ticket);
    } else if (
      ticketId === undefined &&
      (work.ticketId !== null || input.stored.has(work) || openByChat.has(chatKey(addressOfChat(work))))
    ) {
      result.duplicates.push(work);
    } else {
      stale.push(...addressesOf(work));
    }
  }
  if (stale.length > 0) throw new StaleMemory(stale);
  return result;
}

/** Whether the contact that was remembered has been changed, merged or parted by somebody else since. */
function isOutOfDate({ delivery, chat }: MessageWork, openByChat: Map<string, LockedTicket>): boolean {
  if (!chat.isRecalled) return false;
  const ticket = openByChat.get(chatKey(addressOfChat({ delivery, chat })));
  return ticket !== undefined && ticket.contactUpdatedAt.getTime() !== chat.contact?.updatedAt.getTime();
}

function addressesOf(work: MessageWork): string[] {
  return work.chat.keys.map((key) => addressOf(work.delivery.tenantId, key));
}

/** One statement for all of them, so that two batches never wait for each other in a circle. */
function lock(
  client: Queryable,
  chats: ChatAddress[],
  chosen: { tenantId: string; id: string }[],
): Promise<LockedTicket[]> {
  if (chosen.length > 0) return lockTickets(client, chats, chosen);
  return chats.length > 0 ? lockOpenTickets(client, chats) : Promise.resolve([]);
}

/** Edits, revokes and upgrades may change a ticket's last line, also of one that is closed or that the change does not name. */
async function ticketsOfRevised(
  client: Queryable,
  changes: ChangeWork[],
  stored: Set<MessageWork>,
): Promise<{ tenantId: string; id: string }[]> {
  const revising = changes.filter(({ event }) => event.kind === 'edit' || event.kind === 'revoke');
  const targets = [
    ...revising.map(({ delivery, event }) => ({ delivery, externalId: event.targetId })),
    ...[...stored].map(({ delivery, event }) => ({ delivery, externalId: event.externalId })),
  ].map(({ delivery: { tenantId, instanceId }, externalId }) => ({ tenantId, instanceId, externalId }));
  return targets.length > 0 ? ticketsShowing(client, targets) : [];
}

/**
 * A change that met its message only under the log lock could not lock the ticket that shows it: then the batch starts over. So it does
 * when a placeholder was `upgraded` whose ticket is not the open one; with its chat forgotten the threading step sees it first. Throws StaleMemory.
 */
export async function requireShownTickets(
  client: Queryable,
  stored: Stored,
  { revised, upgraded }: { revised: MessageRow[]; upgraded: MessageWork[] },
): Promise<void> {
  const missed = revised.filter((row) => !stored.tickets.has(row.ticketId));
  const shown = missed.length > 0 ? await ticketsShowing(client, missed) : [];
  if (shown.some((ticket) => !stored.tickets.has(ticket.id))) throw new StaleMemory(upgraded.flatMap(addressesOf));
}

function accept(work: MessageWork, row: MessageRow, ticket: LockedTicket, now: Date): Accepted {
  const { event, occurredAt } = work;
  ticket.queueId ??= ticket.defaultQueueId;
  ticket.updatedAt = now;
  countMessage(ticket, {
    id: work.messageId,
    direction: event.direction,
    occurredAt,
    isLive: work.origin === 'live',
    type: event.type,
    content: event.content,
    caption: event.caption,
    extra: event.extra,
  });
  return { work, row, ticket: { ...ticket }, status: row.status };
}

function newMessage(work: MessageWork, row: MessageRow): NewMessage {
  return {
    ...row,
    ticketId: work.ticketId,
    media: row.media && JSON.stringify(row.media),
    metadata: JSON.stringify(row.metadata),
  };
}

/** What the order of the unique key is told by, the same in every batch: two batches never wait for each other in a circle. */
function keyOf(row: MessageRow): string {
  return `${row.tenantId}\u0000${row.instanceId}\u0000${row.externalId}\u0000${row.chat}\u0000${row.direction}`;
}

function byTime(a: MessageWork, b: MessageWork): number {
  return a.occurredAt.getTime() - b.occurredAt.getTime() || (a.messageId < b.messageId ? -1 : 1);
}
