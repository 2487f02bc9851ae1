// Two contacts turn out to be one person: one transaction that loses nothing and can be undone (DESIGN 3).
import type pg from 'pg';
import { newId } from '../ids.js';
import type { Database } from '../db/database.js';
import { lockContacts, updateContacts } from '../db/sql/ingest-identity.js';
import {
  giveAliases,
  hasBelongings,
  insertMerge,
  insertMergeAudit,
  lockAliasesOf,
  lockTicketsOf,
  setMergedInto,
  survivorsOf,
  writeFates,
} from '../db/sql/merge.js';
import type { ContactRow, TicketRow } from '../db/sql/rows.js';
import { RecadoError } from '../errors.js';
import type { LogEntry } from '../events/entry.js';
import { appendAt, lockTenantLogs, type NewEvent } from '../events/log.js';
import type { Alteration } from './bind.js';
import { changeTime } from './contact-attributes.js';
import { alterationEvent } from './domain-payloads.js';
import type { MergeDetails } from './merge-details.js';
import { contactMerged, contactUpdated, messageUpdated, ticketUpdated, withinLimit } from './merge-events.js';
import { moveMessages, recount, type MovedMessages } from './merge-messages.js';
import { filledFrom, olderFirst, planMerge, type MergePlan } from './merge-plan.js';
import { bindAfterMerge } from './merge-waiting.js';
import { MergeRaced, retriedTransaction } from './merge-retry.js';

/** `actor` is the person who asked for it (audited), null when a broker's evidence did. */
export interface MergeRequest {
  tenantId: string;
  contactIds: [string, string];
  evidence: string;
  actor: string | null;
  traceId: string;
}

/** The contact that remains, and the entries to hand to the hub: none when the two were one already. */
export interface Merged {
  winnerId: string;
  entries: LogEntry[];
}

/** Merges the younger contact into the older. Throws RecadoError NOT_FOUND, and CONFLICT for a group. Retried by itself. */
export function mergeContacts(db: Database, request: MergeRequest): Promise<Merged> {
  return retriedTransaction(db, (client) => mergeOnce(client, request));
}

/** Locks in the one order of the codebase: aliases, contacts, tickets, then the log, under which alone messages are updated. */
async function mergeOnce(client: pg.PoolClient, request: MergeRequest): Promise<Merged> {
  const { tenantId } = request;
  const ids = await survivors(client, request);
  if (ids[0] === ids[1]) return { winnerId: ids[0], entries: [] };
  await lockAliasesOf(client, tenantId, ids);
  const [winner, loser] = await lockPair(client, tenantId, ids);
  const names = { tenantId, winnerId: winner.id, loserId: loser.id };
  const at = new Date();
  const tickets = await lockTicketsOf(client, tenantId, ids);
  const plan = planMerge({ ...names, tickets, at });
  const aliases = await giveAliases(client, { tenantId, fromId: loser.id, toId: winner.id, aliasIds: null });
  await writeFates(client, tenantId, plan.fates);
  const filled = filledFrom(winner, loser);
  const face: ContactRow = { ...winner, ...filled, updatedAt: changeTime(winner, at) };
  await updateContacts(client, [face]);
  await setMergedInto(client, { tenantId, id: loser.id, mergedInto: winner.id, at });

  const positions = await lockTenantLogs(client, [tenantId]);
  if (await hasBelongings(client, tenantId, loser.id)) throw new MergeRaced();
  const moved = await moveMessages(client, { ...names, tickets, pairs: plan.pairs });
  const bound = await bindAfterMerge(client, { tenantId, ticketIds: tickets.map((ticket) => ticket.id) });
  for (const { row } of bound) moved.touched.add(row.ticketId);
  const rows = await recount(client, { ...moved, tenantId, tickets: changedTickets(tickets, plan, moved), at });
  const details = { aliases, tickets: ticketsBefore(tickets, plan), ...moved.details, filled: Object.keys(filled) };
  await keepRecord(client, { request, ...names, details, at });
  const events = eventsOf({ request, face, loser, filled, rows, plan, moved, bound, at });
  return { winnerId: winner.id, entries: await appendAt(client, positions, events) };
}

async function survivors(client: pg.PoolClient, { tenantId, contactIds }: MergeRequest): Promise<[string, string]> {
  const found = await survivorsOf(client, tenantId, contactIds);
  const [a, b] = contactIds.map((id) => found.find((row) => row.start === id));
  if (!a || !b) throw new RecadoError('NOT_FOUND');
  if (a.kind === 'group' || b.kind === 'group') {
    throw new RecadoError('CONFLICT', { message: 'A group cannot be merged. Choose two people.' });
  }
  return [a.id, b.id];
}

async function lockPair(client: pg.PoolClient, tenantId: string, ids: string[]): Promise<[ContactRow, ContactRow]> {
  const [a, b] = await lockContacts(
    client,
    ids.map((id) => ({ tenantId, id })),
  );
  if (!a || !b || a.mergedInto !== null || b.mergedInto !== null) throw new MergeRaced();
  return olderFirst(a, b);
}

/** The tickets to write: those with a new fate and those whose messages changed. */
function changedTickets(tickets: TicketRow[], { fates }: MergePlan, { touched }: MovedMessages): TicketRow[] {
  const byId = new Map(fates.map((fate) => [fate.id, fate]));
  return tickets
    .filter((ticket) => byId.has(ticket.id) || touched.has(ticket.id))
    .map((ticket) => ({ ...ticket, ...byId.get(ticket.id) }));
}

function ticketsBefore(tickets: TicketRow[], { fates, pairs }: MergePlan): MergeDetails['tickets'] {
  const changed = new Set(fates.map((fate) => fate.id));
  const into = new Map(pairs.map(({ kept, closed }) => [closed.id, kept.id]));
  return tickets
    .filter((ticket) => changed.has(ticket.id))
    .map(({ id, contactId, chat, status, resolvedAt, closedAt }) => ({
      id,
      contactId,
      chat,
      status,
      resolvedAt: resolvedAt?.toISOString() ?? null,
      closedAt: closedAt?.toISOString() ?? null,
      closedInto: into.get(id) ?? null,
    }));
}

async function keepRecord(
  client: pg.PoolClient,
  record: { request: MergeRequest; winnerId: string; loserId: string; details: MergeDetails; at: Date },
): Promise<void> {
  const { request, winnerId, loserId, details, at } = record;
  const { tenantId, evidence, actor, traceId } = request;
  const id = newId();
  await insertMerge(client, { tenantId, id, winnerId, loserId, evidence, details, at });
  if (actor === null) return;
  const told = { winnerId, loserId, evidence };
  await insertMergeAudit(client, {
    tenantId,
    id: newId(),
    actor,
    action: 'contact.merge',
    mergeId: id,
    details: told,
    traceId,
    at,
  });
}

function eventsOf(of: {
  request: MergeRequest;
  face: ContactRow;
  loser: ContactRow;
  filled: Partial<ContactRow>;
  rows: TicketRow[];
  plan: MergePlan;
  moved: MovedMessages;
  bound: Alteration[];
  at: Date;
}): NewEvent[] {
  const { face, plan, moved } = of;
  const frame = { tenantId: of.request.tenantId, traceId: of.request.traceId, at: of.at };
  const paired = new Set(plan.pairs.flatMap(({ kept, closed }) => [kept.id, closed.id]));
  const isPaired = (row: TicketRow) => paired.has(row.id);
  const newestFirst = of.rows.toSorted((a, b) => Number(b.lastMessageAt) - Number(a.lastMessageAt));
  return withinLimit([
    contactMerged(frame, face.id, of.loser.id),
    ...contactUpdated(frame, face.id, of.filled),
    ...newestFirst.filter(isPaired).map((row) => ticketUpdated(frame, row, face, ['merged'])),
    ...moved.folded
      .filter(({ changes }) => changes.length > 0)
      .map(({ kept, changes }) => messageUpdated(frame, kept, face.id, changes)),
    ...of.bound.map(alterationEvent),
    ...newestFirst.filter((row) => !isPaired(row)).map((row) => ticketUpdated(frame, row, face, ['contact'])),
  ]);
}
