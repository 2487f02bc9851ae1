// The oracle: the ledger against what REST shows and what the screens heard. Pure; every finding has its first examples.
import type { Entry } from '../ledger-records.js';
import { faultsOf } from './changes.js';
import { expectedFrom, nameOf, type Expected } from './expected.js';
import type { Heard } from './heard.js';
import { judgeScreens } from './screens.js';
import type { Audit } from './observe.js';
import { createSeating, placeFault } from './place.js';
import type { StoredMessage } from './shown.js';

/** How often, and the first ten. */
export interface Finding {
  count: number;
  examples: string[];
}

/** The findings that must be zero. */
export const FINDINGS = ['lost', 'duplicated', 'corrupt', 'gaps', 'leaks', 'unexplained'] as const;
export type FindingName = (typeof FINDINGS)[number];

/** Deliveries by outcome, messages stored, events the screens heard, and the findings. */
export interface Verdict extends Record<FindingName, Finding> {
  sent: number;
  acked: number;
  refused: number;
  unknown: number;
  /** Items of the acknowledged deliveries. */
  items: number;
  stored: number;
  heard: number;
  replayed: number;
  reconnects: number;
  resyncs: number;
  /** Ended by a signal: what was under way then may have no outcome. */
  isInterrupted: boolean;
}

/** What the oracle judges. `isFresh`: tenants in which nothing but this run's traffic can be. */
export interface Evidence {
  entries: Entry[];
  stored: StoredMessage[];
  audits: Audit[];
  /** Null when nobody listened. */
  heard: Heard[] | null;
  freshTenants: Set<string>;
  /** Each tenant's last cursor when the reading began: what the screens must have reached. */
  cursors: Map<string, string>;
  /** Whether screens may be told to load again: their readers are stopped, or the log is restarted. */
  mayResync?: boolean;
  isInterrupted?: boolean;
}

/** Notes a finding. */
export type Note = (name: FindingName, example: string) => void;

const MOST_EXAMPLES = 10;

/** Judges. */
export function judge(evidence: Evidence): Verdict {
  const { entries, stored, heard } = evidence;
  const verdict = { ...emptyVerdict(), isInterrupted: evidence.isInterrupted ?? false };
  const note: Note = (name, example) => {
    verdict[name].count += 1;
    if (verdict[name].examples.length < MOST_EXAMPLES) verdict[name].examples.push(example);
  };
  for (const entry of entries) {
    verdict.sent += 1;
    verdict[entry.outcome] += 1;
    if (entry.outcome === 'acked') verdict.items += entry.facts.length;
    judgeAnswer(entry, note);
  }
  verdict.stored = stored.length;
  const expected = expectedFrom(entries);
  judgeStored(evidence, expected, note);
  judgeAudits(evidence, note);
  judgeScreens({ ...evidence, heard: heard ?? [] }, expected, note);
  if (heard) {
    verdict.heard = sum(heard.map(({ events }) => events));
    verdict.replayed = sum(heard.map(({ replayed }) => replayed));
    verdict.reconnects = sum(heard.map(({ reconnects }) => reconnects));
    verdict.resyncs = sum(heard.map(({ resyncs }) => resyncs));
  }
  return verdict;
}

/** Whether the run proves what it should: everything is zero, nothing was refused, every delivery has an outcome unless a signal ended the run, and something was acknowledged at all. */
export function isClean(verdict: Verdict): boolean {
  const { acked, refused, unknown, isInterrupted } = verdict;
  return (
    acked > 0 &&
    refused === 0 &&
    (unknown === 0 || isInterrupted) &&
    FINDINGS.every((name) => verdict[name].count === 0)
  );
}

function emptyVerdict(): Verdict {
  const none = (): Finding => ({ count: 0, examples: [] });
  const counts = { sent: 0, acked: 0, refused: 0, unknown: 0, items: 0 };
  const seen = { stored: 0, heard: 0, replayed: 0, reconnects: 0, resyncs: 0, isInterrupted: false };
  const [lost, duplicated, corrupt, gaps, leaks, unexplained] = [none(), none(), none(), none(), none(), none()];
  return { ...counts, ...seen, lost, duplicated, corrupt, gaps, leaks, unexplained };
}

/** An answer accounts for every item, and for poison as such. Only where nothing was a contract event it is a 422 without counts. */
function judgeAnswer({ n, facts, outcome, status, counts }: Entry, note: Note): void {
  if (counts === null) {
    if (outcome === 'acked' && status !== 422) note('unexplained', `delivery ${n}: acknowledged without counts`);
    return;
  }
  const { queued, duplicates, ignored, rejected, parked } = counts;
  const told = queued + duplicates + ignored + rejected + parked;
  if (told !== facts.length) note('unexplained', `delivery ${n}: ${facts.length} items, the answer counts ${told}`);
  const poison = facts.filter(({ kind }) => kind === 'poison').length;
  if (rejected + parked < poison)
    note('unexplained', `delivery ${n}: ${poison} poison, ${rejected + parked} refused or parked`);
  if (rejected > poison) note('lost', `delivery ${n}: ${rejected - poison} good items were rejected`);
}

function judgeStored({ stored, freshTenants }: Evidence, expected: Map<string, Expected>, note: Note): void {
  const owners = new Map([...expected.values()].map(({ id, tenantId }) => [id, tenantId]));
  const byName = new Map<string, StoredMessage[]>();
  const seating = createSeating();
  for (const message of stored) {
    const name = nameOf(message);
    byName.set(name, [...(byName.get(name) ?? []), message]);
    if (expected.get(name)?.message) continue;
    const owner = owners.get(message.id);
    if (owner !== undefined && owner !== message.tenantId)
      note('leaks', `${message.id} of ${owner} is stored for ${message.tenantId}`);
    else if (freshTenants.has(message.tenantId))
      note('corrupt', `${message.id} is stored for ${message.tenantId} and was never sent`);
  }
  for (const [name, told] of expected) {
    if (!told.message) continue;
    const [first, ...more] = byName.get(name) ?? [];
    if (!first) {
      if (told.message.isAcked) note('lost', `${name} was acknowledged and is not stored`);
      continue;
    }
    if (more.length > 0) note('duplicated', `${name} is stored ${more.length + 1} times`);
    const { chat } = told.message.fact;
    const contact = { tenantId: first.tenantId, contactId: first.contact.id };
    const misplaced = placeFault(first, told.message.fact) ?? seating.fault(contact, chat);
    if (misplaced !== null) note('corrupt', `${name}: ${misplaced}`);
    for (const { kind, what } of faultsOf(first, told)) note(kind, `${name}: ${what}`);
  }
}

/** The audit explains every item, and in a tenant of our own it has received at least what was acknowledged. */
function judgeAudits({ audits, entries, freshTenants }: Evidence, note: Note): void {
  for (const { tenantId, instanceId, unexplained } of audits) {
    if (unexplained !== 0)
      note('unexplained', `${tenantId} ${instanceId}: the audit cannot explain ${unexplained} items`);
  }
  for (const tenantId of freshTenants) {
    const own = audits.filter((audit) => audit.tenantId === tenantId);
    const received = sum(own.map((audit) => audit.received));
    const counted = entries.filter((entry) => entry.tenantId === tenantId && entry.counts !== null);
    const acked = sum(counted.map(({ facts }) => facts.length));
    if (received < acked) note('unexplained', `${tenantId}: ${acked} items acknowledged, the audit has ${received}`);
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
