// A merge is taken back: the two contacts part, and every message goes with the name it came under (DESIGN 3).
import type pg from 'pg';
import { newId } from '../ids.js';
import type { Database } from '../db/database.js';
import { lockContacts, updateContacts } from '../db/sql/ingest-identity.js';
import { insertTickets } from '../db/sql/ingest-tickets.js';
import {
  giveAliases,
  insertMergeAudit,
  lockAliasesOf,
  lockMerge,
  lockTicketsOf,
  setMergedInto,
  setUndone,
  writeFates,
  type MergeRow,
} from '../db/sql/merge.js';
import {
  messagePlaces,
  placeMessages,
  restoreCopy,
  restoreLedger,
  unreadMessages,
  type MessagePlace,
} from '../db/sql/merge-messages.js';
import type { ContactRow, TicketRow } from '../db/sql/rows.js';
import { RecadoError } from '../errors.js';
import type { LogEntry } from '../events/entry.js';
import { appendAt, lockTenantLogs } from '../events/log.js';
import { changeTime } from './contact-attributes.js';
import { MergeDetailsSchema, type MergeDetails } from './merge-details.js';
import { contactUpdated, ticketUpdated, withinLimit, type EventFrame } from './merge-events.js';
import { recount } from './merge-messages.js';
import { retriedTransaction } from './merge-retry.js';
import { planUnmerge } from './unmerge-plan.js';

/** `mergeId` is the id of a `contact_merges` row; `actor` as in MergeRequest. */
export interface UnmergeRequest {
  tenantId: string;
  mergeId: string;
  actor: string | null;
  traceId: string;
}

/** Takes a merge back. Returns the entries to hand to the hub: none when it was taken back before. Throws RecadoError NOT_FOUND, and CONFLICT when the winner has been merged further. */
export function undoMerge(db: Database, request: UnmergeRequest): Promise<{ entries: LogEntry[] }> {
  return retriedTransaction(db, (client) => undoOnce(client, request));
}

/** The locks are those of the merge, in its order. */
async function undoOnce(client: pg.PoolClient, request: UnmergeRequest): Promise<{ entries: LogEntry[] }> {
  const { tenantId, traceId } = request;
  const merge = await lockMerge(client, tenantId, request.mergeId);
  if (!merge) throw new RecadoError('NOT_FOUND');
  if (merge.undoneAt !== null) return { entries: [] };
  const { winnerId, loserId } = merge;
  const details = MergeDetailsSchema.parse(merge.details);
  await lockAliasesOf(client, tenantId, [winnerId, loserId]);
  const { winner, loser } = await lockPair(client, merge);
  const frame: EventFrame = { tenantId, traceId, at: new Date() };
  const tickets = await lockTicketsOf(client, tenantId, [winnerId, loserId]);

  const positions = await lockTenantLogs(client, [tenantId]);
  const ticketIds = tickets.map((ticket) => ticket.id);
  const unread = await unreadMessages(client, tenantId, ticketIds);
  const messages = await messagePlaces(client, tenantId, ticketIds);
  const plan = planUnmerge({ winnerId, loserId, tickets, messages, details, newId });
  await giveAliases(client, { tenantId, fromId: winnerId, toId: loserId, aliasIds: details.aliases });
  await writeFates(client, tenantId, plan.fates);
  await openArchives(client, frame, loserId, plan.opened);
  await placeMessages(client, tenantId, plan.places);
  const restored = await restoreCopies(client, tenantId, details.copies);

  const emptied = emptiedOf(winner, loser, details.filled);
  const apart: ContactRow = { ...winner, ...emptied, updatedAt: changeTime(winner, frame.at) };
  await updateContacts(client, [apart]);
  await setMergedInto(client, { tenantId, id: loserId, mergedInto: null, at: frame.at });
  await setUndone(client, { tenantId, id: merge.id, at: frame.at });
  await audit(client, request, merge, frame);

  const rows = await countAnew(client, {
    frame,
    tickets: await lockTicketsOf(client, tenantId, [winnerId, loserId]),
    unread,
    restored,
    ...plan,
  });
  const events = withinLimit([
    ...contactUpdated(frame, winnerId, emptied),
    ...contactUpdated(frame, loserId, attributesOf(loser)),
    ...rows.map((row) => ticketUpdated(frame, row, row.contactId === loserId ? loser : apart, ['unmerged'])),
  ]);
  return { entries: await appendAt(client, positions, events) };
}

async function lockPair(client: pg.PoolClient, merge: MergeRow): Promise<{ winner: ContactRow; loser: ContactRow }> {
  const { tenantId, winnerId, loserId } = merge;
  const rows = await lockContacts(
    client,
    [winnerId, loserId].map((id) => ({ tenantId, id })),
  );
  const winner = rows.find((row) => row.id === winnerId);
  const loser = rows.find((row) => row.id === loserId);
  if (!winner || loser?.mergedInto !== winnerId) throw new RecadoError('NOT_FOUND');
  if (winner.mergedInto !== null) {
    throw new RecadoError('CONFLICT', { message: 'This contact has been merged again since. Undo that merge first.' });
  }
  return { winner, loser };
}

/** CLOSED tickets for messages that have no other ticket to go to. */
async function openArchives(
  client: pg.PoolClient,
  { tenantId, at }: EventFrame,
  contactId: string,
  opened: { id: string; instanceId: string }[],
): Promise<void> {
  if (opened.length === 0) return;
  const chat = contactId;
  await insertTickets(
    client,
    opened.map((ticket) => ({ ...ticket, tenantId, chat, contactId, isHistory: true, at })),
  );
}

/** Puts deleted copies back and the ledger rows that spoke of them. Returns where those are that are back. */
async function restoreCopies(
  client: pg.PoolClient,
  tenantId: string,
  copies: MergeDetails['copies'],
): Promise<{ id: string; ticketId: string; isUnread: boolean }[]> {
  const restored = [];
  for (const { row, isUnread, ledger } of copies) {
    if (!(await restoreCopy(client, row))) continue;
    const id = String(row['id']);
    await restoreLedger(client, id, tenantId, ledger);
    restored.push({ id, ticketId: String(row['ticket_id']), isUnread });
  }
  return restored;
}

async function countAnew(
  client: pg.PoolClient,
  of: {
    frame: EventFrame;
    tickets: TicketRow[];
    unread: { id: string; ticketId: string }[];
    restored: { id: string; ticketId: string; isUnread: boolean }[];
    fates: { id: string }[];
    places: Omit<MessagePlace, 'aliasId'>[];
  },
): Promise<TicketRow[]> {
  const placed = new Map(of.places.map((place) => [place.id, place.ticketId]));
  const unread = [
    ...of.unread.map(({ id, ticketId }) => ({ id, ticketId: placed.get(id) ?? ticketId })),
    ...of.restored.filter(({ isUnread }) => isUnread),
  ];
  // The tickets that messages left are among those whose unread or timeline may differ: all of both contacts are counted.
  const touched = new Set(of.tickets.map((ticket) => ticket.id));
  const byTicket = new Map(
    of.tickets.map(({ id }) => [id, unread.filter((one) => one.ticketId === id).map((one) => one.id)]),
  );
  const { tenantId, at } = of.frame;
  const rows = await recount(client, { tenantId, tickets: of.tickets, touched, unread: byTicket, at });
  return rows.toSorted((a, b) => Number(b.lastMessageAt) - Number(a.lastMessageAt));
}

/** What the winner had from the loser and has not been given by anybody else since. */
function emptiedOf(winner: ContactRow, loser: ContactRow, filled: string[]): Partial<ContactRow> {
  const emptied: Partial<ContactRow> = {};
  for (const key of ['name', 'pushName', 'phone', 'document', 'registrations', 'avatarUrl'] as const) {
    const isTheirs = JSON.stringify(winner[key]) === JSON.stringify(loser[key]);
    if (filled.includes(key) && isTheirs) Object.assign(emptied, { [key]: null });
  }
  if (emptied.name === null) emptied.nameAt = null;
  if (emptied.avatarUrl === null) emptied.avatarAt = null;
  return emptied;
}

function attributesOf(contact: ContactRow): Partial<ContactRow> {
  const { name, pushName, phone, document, registrations, avatarUrl } = contact;
  return { name, pushName, phone, document, registrations, avatarUrl };
}

async function audit(
  client: pg.PoolClient,
  request: UnmergeRequest,
  merge: MergeRow,
  frame: EventFrame,
): Promise<void> {
  if (request.actor === null) return;
  const { winnerId, loserId, evidence } = merge;
  await insertMergeAudit(client, {
    ...frame,
    id: newId(),
    actor: request.actor,
    action: 'contact.unmerge',
    mergeId: merge.id,
    details: { winnerId, loserId, evidence },
  });
}
