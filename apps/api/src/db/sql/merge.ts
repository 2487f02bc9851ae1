// Statements of a contact merge and of its undoing that touch contacts, aliases, tickets and the record of the merge.
import type { Queryable } from '../database.js';
import { ticketColumns } from './columns.js';
import type { TicketRow } from './rows.js';

/** The contacts that the given ones have been merged into, in the end; `kind` is the survivor's. */
export async function survivorsOf(
  client: Queryable,
  tenantId: string,
  contactIds: string[],
): Promise<{ start: string; id: string; kind: string }[]> {
  const result = await client.query<{ start: string; id: string; kind: string }>({
    name: 'merge.survivors',
    text: `with recursive chain as (
        select c.id as start, c.id, c.kind, c.merged_into from contacts c where c.tenant_id = $1 and c.id = any($2::uuid[])
        union select p.start, c.id, c.kind, c.merged_into from chain p join contacts c on c.tenant_id = $1 and c.id = p.merged_into)
      select start, id, kind from chain where merged_into is null`,
    values: [tenantId, contactIds],
  });
  return result.rows;
}

/** Locks every alias of the contacts in key order: identity comes first in the order of locks. Returns their ids by contact. */
export async function lockAliasesOf(
  client: Queryable,
  tenantId: string,
  contactIds: string[],
): Promise<{ id: string; contactId: string }[]> {
  const result = await client.query<{ id: string; contactId: string }>({
    name: 'merge.alias-lock',
    text: `select a.id, a.contact_id as "contactId" from contact_aliases a where a.tenant_id = $1 and a.contact_id = any($2::uuid[])
      order by a.kind collate "C", a.scope collate "C", a.key collate "C" for no key update`,
    values: [tenantId, contactIds],
  });
  return result.rows;
}

/** Gives all aliases of one contact, or of `aliasIds` those it still has, to another. Returns the ids given. */
export async function giveAliases(
  client: Queryable,
  move: { tenantId: string; fromId: string; toId: string; aliasIds: string[] | null },
): Promise<string[]> {
  const result = await client.query<{ id: string }>({
    name: 'merge.alias-give',
    text: `update contact_aliases a set contact_id = $3 where a.tenant_id = $1 and a.contact_id = $2
      and ($4::uuid[] is null or a.id = any($4::uuid[])) returning a.id`,
    values: [move.tenantId, move.fromId, move.toId, move.aliasIds],
  });
  return result.rows.map((row) => row.id);
}

/** Locks every ticket of the contacts, in the order in which ingest locks them. */
export async function lockTicketsOf(client: Queryable, tenantId: string, contactIds: string[]): Promise<TicketRow[]> {
  const result = await client.query<TicketRow>({
    name: 'merge.ticket-lock',
    text: `select ${ticketColumns('t')} from tickets t where t.tenant_id = $1 and t.chat = any($2::text[])
      order by t.tenant_id, t.instance_id collate "C", t.chat collate "C", t.id for no key update`,
    values: [tenantId, contactIds],
  });
  return result.rows;
}

/** Whether a contact still has a ticket or an alias. Asked once more under the log lock: who came late shows then. */
export async function hasBelongings(client: Queryable, tenantId: string, contactId: string): Promise<boolean> {
  const result = await client.query<{ has: boolean }>({
    name: 'merge.belongings',
    text: `select exists (select 1 from tickets t where t.tenant_id = $1 and t.chat = $2::text)
      or exists (select 1 from contact_aliases a where a.tenant_id = $1 and a.contact_id = $2::uuid) as has`,
    values: [tenantId, contactId],
  });
  return result.rows[0]?.has ?? false;
}

/** What a merge decides about a ticket. The rest of its columns follow from its messages. */
export type TicketFate = Pick<
  TicketRow,
  'id' | 'contactId' | 'chat' | 'status' | 'queueId' | 'assigneeId' | 'mergedInto' | 'resolvedAt' | 'closedAt'
>;

/** Writes fates into locked tickets. Those to be closed come first: a conversation has one open ticket at any moment. */
export async function writeFates(client: Queryable, tenantId: string, fates: TicketFate[]): Promise<void> {
  const isOpen = (fate: TicketFate) => fate.status !== 'RESOLVED' && fate.status !== 'CLOSED';
  for (const part of [fates.filter((fate) => !isOpen(fate)), fates.filter(isOpen)]) {
    if (part.length === 0) continue;
    await client.query({
      name: 'merge.ticket-fate',
      text: `update tickets t set contact_id = i.contact, chat = i.chat, status = i.status, queue_id = i.queue, assignee_id = i.assignee,
          merged_into = i.merged, resolved_at = i.resolved, closed_at = i.closed
        from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::uuid[], $9::timestamptz[], $10::timestamptz[])
          i(id, contact, chat, status, queue, assignee, merged, resolved, closed)
        where t.tenant_id = $1 and t.id = i.id`,
      values: [
        tenantId,
        part.map((fate) => fate.id),
        part.map((fate) => fate.contactId),
        part.map((fate) => fate.chat),
        part.map((fate) => fate.status),
        part.map((fate) => fate.queueId),
        part.map((fate) => fate.assigneeId),
        part.map((fate) => fate.mergedInto),
        part.map((fate) => fate.resolvedAt),
        part.map((fate) => fate.closedAt),
      ],
    });
  }
}

/** Says of a locked contact whom it is merged into, or that it stands on its own again. */
export function setMergedInto(
  client: Queryable,
  contact: { tenantId: string; id: string; mergedInto: string | null; at: Date },
): Promise<unknown> {
  return client.query({
    name: 'merge.contact-merged-into',
    text: 'update contacts c set merged_into = $3, updated_at = $4 where c.tenant_id = $1 and c.id = $2',
    values: [contact.tenantId, contact.id, contact.mergedInto, contact.at],
  });
}

/** The record of a merge. `details` is what undoing needs (ingest/merge-details.ts). */
export interface MergeRow {
  tenantId: string;
  id: string;
  winnerId: string;
  loserId: string;
  evidence: string;
  details: unknown;
  undoneAt: Date | null;
}

/** Keeps the record of a merge. */
export function insertMerge(client: Queryable, row: Omit<MergeRow, 'undoneAt'> & { at: Date }): Promise<unknown> {
  return client.query({
    name: 'merge.insert',
    text: `insert into contact_merges (tenant_id, id, winner_id, loser_id, evidence, details, merged_at)
      values ($1, $2, $3, $4, $5, $6::jsonb, $7)`,
    values: [row.tenantId, row.id, row.winnerId, row.loserId, row.evidence, JSON.stringify(row.details), row.at],
  });
}

/** Locks the record of a merge; null when the tenant has none of that id. */
export async function lockMerge(client: Queryable, tenantId: string, id: string): Promise<MergeRow | null> {
  const result = await client.query<MergeRow>({
    name: 'merge.lock',
    text: `select m.tenant_id as "tenantId", m.id, m.winner_id as "winnerId", m.loser_id as "loserId", m.evidence, m.details,
        m.undone_at as "undoneAt" from contact_merges m where m.tenant_id = $1 and m.id = $2 for no key update`,
    values: [tenantId, id],
  });
  return result.rows[0] ?? null;
}

/** Marks a locked record as undone. */
export function setUndone(client: Queryable, merge: { tenantId: string; id: string; at: Date }): Promise<unknown> {
  return client.query({
    name: 'merge.undone',
    text: 'update contact_merges m set undone_at = $3 where m.tenant_id = $1 and m.id = $2',
    values: [merge.tenantId, merge.id, merge.at],
  });
}

/** Who did it. */
export function insertMergeAudit(
  client: Queryable,
  row: {
    tenantId: string;
    id: string;
    actor: string;
    action: 'contact.merge' | 'contact.unmerge';
    mergeId: string;
    details: Pick<MergeRow, 'winnerId' | 'loserId' | 'evidence'>;
    traceId: string;
    at: Date;
  },
): Promise<unknown> {
  return client.query({
    name: 'merge.audit',
    text: `insert into audit_log (tenant_id, id, actor, action, subject, details, trace_id, at)
      values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8)`,
    values: [
      row.tenantId,
      row.id,
      row.actor,
      row.action,
      row.mergeId,
      JSON.stringify(row.details),
      row.traceId,
      row.at,
    ],
  });
}
