// The binding step, under the tenants' log locks: changes meet their messages, or wait for them (DESIGN 4.4 d).
//
// Every writer that binds or parks holds the tenant's log lock, so a status racing its message is either applied to the
// row it sees or parked before the message's own batch looks for what waits. There is no third case.
import { CanonicalEventSchema, type CanonicalChange, type Reason } from '@recado/contracts';
import type { Queryable } from '../db/database.js';
import {
  messagesByExternalId,
  messagesUnderOtherNames,
  placeholdersAmong,
  type OtherName,
} from '../db/sql/ingest-messages.js';
import { changesWaitingFor, type LedgerRewrite, type WaitingRow } from '../db/sql/ingest-ledger.js';
import type { MessageRow } from '../db/sql/rows.js';
import { applyChange, changeKey } from './changes.js';
import { chooseTargets, inChat, type Aim } from './choose-target.js';
import { personal, requireOneName } from './one-name.js';
import { parkWorks, type Parking } from './park.js';
import type { Stored } from './store-messages.js';
import { chatOf, occurrence, type ChangeWork, type MessageWork } from './work.js';

/** A message that a change altered visibly. */
export interface Alteration {
  row: MessageRow;
  kind: 'status' | 'edit' | 'revoke' | 'reaction' | 'content';
  change: CanonicalChange | null;
  at: Date;
  traceId: string;
}
export interface Bound {
  /** Rows to write back. */
  dirty: Set<MessageRow>;
  alterations: Alteration[];
  /** Parked rows that found their message. */
  released: { tenantId: string; id: string }[];
  rewrites: LedgerRewrite[];
}

/** What binding begins with. */
export function nothingBound(): Bound {
  return { dirty: new Set(), alterations: [], released: [], rewrites: [] };
}

const PARKED_DAYS = 7;
const PARKED_REASON = {
  status: 'parked_early_status',
  edit: 'parked_early_edit',
  revoke: 'parked_early_revoke',
  reaction: 'parked_early_reaction',
} as const satisfies Record<CanonicalChange['kind'], Reason>;

/** What the binding step reads, in the round trip that takes the lock. */
export interface BindingReads {
  waiting: WaitingRow[];
  targets: MessageRow[];
  placeholders: MessageRow[];
  otherNames: OtherName[];
}

/** Reads what binding needs. Call it after the lock, in statements of their own. */
export async function readForBinding(client: Queryable, stored: Stored, changes: ChangeWork[]): Promise<BindingReads> {
  const rows = stored.accepted.map(({ row }) => row);
  const persons = personal(stored.accepted);
  const duplicates = stored.duplicates.filter((work) => !work.event.placeholder);
  const [waiting, otherNames, targets, placeholders] = await Promise.all([
    rows.length > 0 ? changesWaitingFor(client, rows) : [],
    persons.length > 0
      ? messagesUnderOtherNames(
          client,
          persons.map(({ row }) => row),
        )
      : [],
    changes.length > 0 ? messagesByExternalId(client, changes.map(addressOfTarget)) : [],
    duplicates.length > 0 ? placeholdersAmong(client, duplicates.map(addressOfMessage)) : [],
  ]);
  return { waiting, otherNames, targets, placeholders };
}

/** Applies changes, parks those without a message, upgrades placeholders. Sets each work's outcome. Throws MergeNeeded and NamesJoined. */
export async function bind(
  client: Queryable,
  input: {
    stored: Stored;
    changes: ChangeWork[];
    reads: BindingReads;
    upgrade: (row: MessageRow, work: MessageWork) => void;
  },
): Promise<Bound> {
  const { stored, changes, reads } = input;
  requireOneName(personal(stored.accepted), reads.otherNames);
  const bound = nothingBound();
  const rows = new Map(
    [...reads.targets, ...reads.placeholders, ...stored.accepted.map(({ row }) => row)].map((row) => [row.id, row]),
  );
  const byTarget = new Map<string, MessageRow[]>();
  for (const row of rows.values()) {
    const key = targetKey(row.tenantId, row.instanceId, row.externalId);
    byTarget.set(key, [...(byTarget.get(key) ?? []), row]);
  }

  upgradePlaceholders(stored, byTarget, bound, input.upgrade);
  const at = (aim: Aim) => byTarget.get(targetKey(aim.tenantId, aim.instanceId, aim.change.targetId)) ?? [];
  await bindWaiting(client, reads.waiting, at, bound);
  const missed: { work: ChangeWork; aim: Aim; candidates: MessageRow[] }[] = [];
  for (const work of changes.toSorted(byTime)) {
    const aim = { tenantId: work.delivery.tenantId, instanceId: work.delivery.instanceId, change: work.event };
    const candidates = at(aim);
    const row = inChat(candidates, aim, chatOf(work.chat));
    if (row) settle(bound, work, row);
    else missed.push({ work, aim, candidates });
  }
  // What the memory of chats or the beginning of the batch did not know may be known by now.
  const found = await chooseTargets(client, missed);
  missed.forEach(({ work }, place) => {
    const row = found[place];
    if (row) settle(bound, work, row);
  });
  const early = missed.flatMap(({ work }, place) => (found[place] ? [] : [work]));
  await parkWorks(client, early, parkingOf);
  return bound;
}

/** Binds parked changes whose message now exists. Those that mean another chat's message go on waiting. */
export async function bindWaiting(
  client: Queryable,
  rows: WaitingRow[],
  candidatesFor: (aim: Aim) => MessageRow[],
  bound: Bound,
): Promise<void> {
  const asked = rows.flatMap((waiting) => {
    const change = CanonicalEventSchema.parse(waiting.event);
    if (!('targetId' in change)) return [];
    const aim = { tenantId: waiting.tenantId, instanceId: waiting.instanceId, change };
    return [{ waiting, aim, candidates: candidatesFor(aim) }];
  });
  const targets = await chooseTargets(client, asked);
  asked.forEach(({ waiting, aim: { change } }, place) => {
    const row = targets[place];
    if (!row) return;
    const { occurredAt } = occurrence(change.at, waiting.receivedAt);
    const { verdict, reason } = alter(bound, row, change, occurredAt, waiting.traceId);
    bound.released.push(waiting);
    const { tenantId, ledgerDay: day, ledgerId: id } = waiting;
    bound.rewrites.push({ tenantId, day, id, verdict, reason, messageId: row.id });
  });
}

function settle(bound: Bound, work: ChangeWork, row: MessageRow): void {
  work.outcome = { ...alter(bound, row, work.event, work.at, work.delivery.traceId), messageId: row.id };
}

function byTime(a: ChangeWork, b: ChangeWork): number {
  return a.at.getTime() - b.at.getTime();
}

function alter(bound: Bound, row: MessageRow, change: CanonicalChange, at: Date, traceId: string) {
  const { verdict, reason, dirty } = applyChange(row, change, at);
  if (dirty) bound.dirty.add(row);
  if (verdict === 'accepted') bound.alterations.push({ row: { ...row }, kind: change.kind, change, at, traceId });
  return { verdict, reason };
}

function upgradePlaceholders(
  stored: Stored,
  byTarget: Map<string, MessageRow[]>,
  bound: Bound,
  upgrade: (row: MessageRow, work: MessageWork) => void,
): void {
  for (const work of stored.duplicates) {
    const { tenantId, instanceId, traceId } = work.delivery;
    const row = (byTarget.get(targetKey(tenantId, instanceId, work.event.externalId)) ?? []).find(
      (other) => other.placeholder && other.chat === chatOf(work.chat) && other.direction === work.event.direction,
    );
    if (!row || work.event.placeholder) {
      work.outcome = { verdict: 'duplicate', reason: 'duplicate', messageId: row?.id ?? null };
      continue;
    }
    upgrade(row, work);
    bound.dirty.add(row);
    bound.alterations.push({ row: { ...row }, kind: 'content', change: null, at: work.delivery.receivedAt, traceId });
    work.outcome = { verdict: 'accepted', reason: 'ok', messageId: row.id };
  }
}

/** Changes without a message wait 7 days for it. */
function parkingOf({ event, delivery }: ChangeWork): Parking {
  return {
    kind: event.kind,
    targetId: event.targetId,
    itemKey: changeKey(event),
    event: JSON.stringify(event),
    reason: PARKED_REASON[event.kind],
    expiresAt: new Date(delivery.receivedAt.getTime() + PARKED_DAYS * 86_400_000),
  };
}

function addressOfTarget(work: ChangeWork) {
  return { tenantId: work.delivery.tenantId, instanceId: work.delivery.instanceId, externalId: work.event.targetId };
}

function addressOfMessage(work: MessageWork) {
  return { tenantId: work.delivery.tenantId, instanceId: work.delivery.instanceId, externalId: work.event.externalId };
}

function targetKey(tenantId: string, instanceId: string, externalId: string): string {
  return `${tenantId}\u0000${instanceId}\u0000${externalId}`;
}
