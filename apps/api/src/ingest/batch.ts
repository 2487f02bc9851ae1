// One batch, one transaction: identity, threading, messages, then the log lock, binding, ledger and event rows (DESIGN 4.4).
import { newId } from '../ids.js';
import type { Queryable } from '../db/database.js';
import { claimQueueMissing, updateInstanceStates } from '../db/sql/ingest-instances.js';
import { deleteParked } from '../db/sql/ingest-ledger.js';
import { insertMediaJobs, updateMessages } from '../db/sql/ingest-messages.js';
import { moveTickets, updateTickets } from '../db/sql/ingest-tickets.js';
import { StaleMemory } from './batch-interrupts.js';
import { assertCommitted } from '../db/transaction.js';
import type { LogEntry } from '../events/entry.js';
import { lockTenantLogs, numberEvents, writeEvents } from '../events/log.js';
import { eventsOf, type Refreshed } from './batch-events.js';
import { bind, readForBinding, type Alteration } from './bind.js';
import { identify, type Identified } from './identify.js';
import type { KnownAlias, KnownAliases } from './known-aliases.js';
import type { Mention } from './mentions.js';
import { upgradePlaceholder } from './message-row.js';
import { previewOf } from './preview.js';
import { requireShownTickets, storeMessages, type Accepted, type Stored } from './store-messages.js';
import { thread } from './thread.js';
import { stateOf, type Work } from './work.js';
import { writeDeliveries, writeVerdicts } from './write-ledger.js';

/** What a batch needs to know besides its items. */
export interface BatchEnvironment {
  known: KnownAliases;
  /** The statement that opens the transaction. */
  begin: string;
  reopenHours: number;
  now: Date;
  /** Encrypts what the media lane needs (keys, hashes, addresses). */
  seal: (plain: string) => Buffer;
}

/** What a batch did, to act upon once it has committed. */
export interface BatchResult {
  entries: LogEntry[];
  learned: Map<string, KnownAlias>;
}

/** Runs the batch in one transaction of `client` and sets every work's outcome. Throws MergeNeeded, StaleMemory and SQL errors; then nothing is committed and the client needs a ROLLBACK. */
export async function runBatch(client: Queryable, works: Work[], environment: BatchEnvironment): Promise<BatchResult> {
  const { known, now, reopenHours } = environment;
  // Not waited for by itself: a batch whose names are all known sends its first statements right behind it.
  const begun = client.query(environment.begin);
  const messages = works.filter((work) => work.kind === 'message');
  const changes = works.filter((work) => work.kind === 'change');
  const instances = works.filter((work) => work.kind === 'instance');

  const identified = await identify(client, mentionsOf(works), known, now);
  const cold = messages.filter((work) => work.origin === 'history' || identified.cold.has(work.chat));
  const threaded = await thread(client, cold, { now, reopenHours });
  const [stored] = await Promise.all([
    storeMessages(client, { messages, changes, stored: threaded.stored, now }),
    begun,
  ]);

  // Everything up to here waits for other batches; from the lock on, nothing does.
  const tenants = works.map((work) => work.delivery.tenantId);
  const [moved, , states, queueless, positions, reads] = await Promise.all([
    stored.touched.size > 0 ? moveTickets(client, [...stored.touched]) : 0,
    writeDeliveries(client, works),
    instances.length > 0 ? updateInstanceStates(client, instances.map(stateOf)) : new Set<string>(),
    guardQueues(client, stored, now),
    lockTenantLogs(client, tenants),
    readForBinding(client, stored, changes),
  ]);
  if (moved !== stored.touched.size) throw new StaleMemory([]);
  const upgraded: Pick<Accepted, 'work' | 'row'>[] = [];
  const bound = await bind(client, {
    stored,
    changes,
    reads,
    upgrade(row, work) {
      upgradePlaceholder(row, work);
      upgraded.push({ row, work });
    },
  });
  const revised = bound.alterations.filter(({ kind }) => kind !== 'status' && kind !== 'reaction');
  await requireShownTickets(client, stored, {
    revised: revised.map(({ row }) => row),
    upgraded: upgraded.map(({ work }) => work),
  });
  settle(works, { stored, states, identified });
  const previews = refreshPreviews(stored, bound.alterations, now);

  const numbered = numberEvents(
    positions,
    eventsOf({ stored, bound, identified, threaded, states, queueless, previews, instances, now }),
  );
  const released = [...bound.released, ...works.flatMap((work) => work.parked ?? [])];
  await commitAfter(client, [
    writeEvents(client, numbered),
    writeVerdicts(client, works, bound.rewrites),
    bound.dirty.size > 0 && updateMessages(client, [...bound.dirty]),
    released.length > 0 && deleteParked(client, released),
    previews.length > 0 &&
      updateTickets(
        client,
        previews.map(({ ticket }) => ticket),
      ),
    writeMediaJobs(client, [...stored.accepted, ...upgraded], environment.seal),
  ]);
  return { entries: numbered.entries, learned: identified.learned };
}

/** Commits behind the last writes, in their round trip. They are sent already: one that cannot be encoded has thrown before COMMIT is sent. */
async function commitAfter(client: Queryable, writes: (Promise<unknown> | false)[]): Promise<void> {
  const [commit] = await Promise.all([client.query('commit'), ...writes]);
  assertCommitted(commit);
}

function mentionsOf(works: Work[]): Mention[] {
  return works.flatMap((work) => {
    if (work.kind === 'settled' || work.kind === 'instance') return [];
    const author = work.kind === 'message' ? work.author : null;
    return [work.chat, ...(author ? [author] : [])].filter((mention) => mention.keys.length > 0);
  });
}

/** Inbound messages whose ticket has no queue: their instances, claimed once a minute. */
async function guardQueues(
  client: Queryable,
  stored: Stored,
  now: Date,
): Promise<{ tenantId: string; instanceId: string; traceId: string }[]> {
  const found = new Map(
    stored.accepted
      .filter(({ row, ticket }) => row.direction === 'INBOUND' && ticket.queueId === null)
      .map(({ row }) => [row.instanceId, { tenantId: row.tenantId, instanceId: row.instanceId, traceId: row.traceId }]),
  );
  if (found.size === 0) return [];
  const sorted = [...found.values()].toSorted((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
  const claimed = await claimQueueMissing(client, sorted, now);
  return sorted.filter((instance) => claimed.has(instance.instanceId));
}

/** Outcomes of what binding did not decide. */
function settle(
  works: Work[],
  { stored, states, identified }: { stored: Stored; states: Set<string>; identified: Identified },
): void {
  for (const { work } of stored.accepted)
    work.outcome = { verdict: 'accepted', reason: 'ok', messageId: work.messageId };
  for (const work of works) {
    if (work.kind === 'message' || work.kind === 'contact') work.contactId = work.chat.contact?.id ?? null;
    if (work.outcome) continue;
    const isNews =
      work.kind === 'instance'
        ? states.has(work.delivery.instanceId)
        : work.kind === 'contact' && identified.news.has(`${work.delivery.tenantId} ${work.contactId}`);
    work.outcome = isNews
      ? { verdict: 'accepted', reason: 'ok', messageId: null }
      : { verdict: 'duplicate', reason: 'duplicate', messageId: null };
  }
}

/** Tickets whose last line was edited, revoked or filled in. */
function refreshPreviews(stored: Stored, alterations: Alteration[], now: Date): Refreshed[] {
  const refreshed = new Map<string, Refreshed>();
  for (const { row, kind, traceId } of alterations) {
    const ticket = stored.tickets.get(row.ticketId);
    if (!ticket || ticket.lastMessageId !== row.id || kind === 'status' || kind === 'reaction') continue;
    ticket.preview = row.revokedAt ? null : previewOf(row);
    ticket.updatedAt = now;
    refreshed.set(ticket.id, { ticket, traceId });
    // A message that its revoke had been waiting for is never told of with its words.
    for (const accepted of stored.accepted) {
      if (accepted.ticket.lastMessageId === row.id) accepted.ticket.preview = ticket.preview;
    }
  }
  return [...refreshed.values()];
}

function writeMediaJobs(
  client: Queryable,
  messages: Pick<Accepted, 'work' | 'row'>[],
  seal: (plain: string) => Buffer,
): Promise<unknown> | false {
  const jobs = messages.flatMap(({ work, row }) => {
    const source = work.event.media?.source;
    return source
      ? [{ tenantId: row.tenantId, id: newId(), messageId: row.id, source: seal(JSON.stringify(source)) }]
      : [];
  });
  return jobs.length > 0 && insertMediaJobs(client, jobs);
}
