// From the names a broker gives somebody to the rows they are found by: match keys and scopes (DESIGN 3).
import type { Alias } from '@recado/contracts';
import { normalisePhone, phoneDigits } from './phone.js';

/** Where an alias lives. `scope` is '' for a phone (tenant-wide) and the instance id for every other kind. */
export interface AliasKey {
  kind: Alias['kind'];
  scope: string;
  /** What matches; unique per (tenant, kind, scope). */
  key: string;
  /** The spelling as received, which replies are addressed to. */
  value: string;
}

/** Longer than any address in use; an index entry must stay far below PostgreSQL's limit. */
const MAX_LENGTH = 256;
const USER = /^\+?([0-9]+(?:-[0-9]+)?)(?:_[0-9]+)?(?::[0-9]+)?$/;
const USER_SERVERS = new Set(['s.whatsapp.net', 'c.us', 'hosted']);
const LID_SERVERS = new Set(['lid', 'hosted.lid']);

/**
 * The keys of some aliases, without repeats, ordered by (kind, scope, key): the order in which rows are locked. A user's
 * jid gives its phone as well. What no key can be made of is left out, so the answer may be empty.
 */
export function aliasKeys(instanceId: string, aliases: Alias[]): AliasKey[] {
  const found: Candidate[] = [];
  for (const alias of aliases) for (const candidate of candidatesOf(instanceId, alias)) keep(found, candidate);
  found.sort(compareKeys);
  return found.map(({ kind, scope, key, value }) => ({ kind, scope, key, value }));
}

/** A person has a handful of names: looking through them is cheaper than a map. */
function keep(found: Candidate[], candidate: Candidate): void {
  const index = found.findIndex((other) => other.kind === candidate.kind && other.key === candidate.key);
  const other = found[index];
  if (!other) found.push(candidate);
  else if (isPreferred(candidate, other)) found[index] = candidate;
}

/** The number to show for somebody, in E.164; null when none of the aliases tells one. Their order does not matter. */
export function pickPhone(aliases: Alias[]): string | null {
  for (const alias of aliasKeys('', aliases)) {
    const phone = alias.kind === 'phone' ? normalisePhone(alias.value).e164 : null;
    if (phone !== null) return phone;
  }
  return null;
}

/** `isDerived`: read out of a jid. A phone that was named as such wins over it. */
interface Candidate extends AliasKey {
  isDerived: boolean;
}

function candidatesOf(instanceId: string, alias: Alias): Candidate[] {
  const value = alias.value.trim();
  if (value === '' || value.length > MAX_LENGTH) return [];
  switch (alias.kind) {
    case 'phone':
      return phoneCandidates(value, false);
    case 'jid':
    case 'lid':
      return addressCandidates(instanceId, alias.kind, value);
    case 'bsuid':
      return [{ kind: 'bsuid', scope: instanceId, key: value, value, isDerived: false }];
    case 'username': {
      const key = value.replace(/^@/, '').toLowerCase();
      return key === '' ? [] : [{ kind: 'username', scope: instanceId, key, value, isDerived: false }];
    }
  }
}

/** A number that no numbering plan knows still names somebody: its digits are the key. */
function phoneCandidates(value: string, isDerived: boolean): Candidate[] {
  const key = normalisePhone(value).matchKey ?? phoneDigits(value);
  return key.length < 8 || key.length > 15 ? [] : [{ kind: 'phone', scope: '', key, value, isDerived }];
}

/** The server decides what an address is, whatever the broker called it; digits alone are what it called them. */
function addressCandidates(instanceId: string, kind: 'jid' | 'lid', value: string): Candidate[] {
  const at = value.indexOf('@');
  const user = USER.exec(at < 0 ? value : value.slice(0, at))?.[1];
  if (user === undefined) return [];
  const server = at < 0 ? (kind === 'lid' ? 'lid' : 'c.us') : value.slice(at + 1).toLowerCase();
  const scope = instanceId;
  if (server === 'g.us') return [{ kind: 'jid', scope, key: `${user}@g.us`, value, isDerived: false }];
  if (user.includes('-')) return [];
  if (LID_SERVERS.has(server)) return [{ kind: 'lid', scope, key: `${user}@lid`, value, isDerived: false }];
  if (!USER_SERVERS.has(server)) return [];
  const key = `${user}@s.whatsapp.net`;
  return [{ kind: 'jid', scope, key, value, isDerived: false }, ...phoneCandidates(user, true)];
}

function isPreferred(a: Candidate, b: Candidate): boolean {
  if (a.isDerived !== b.isDerived) return b.isDerived;
  return a.value < b.value;
}

function compareKeys(a: AliasKey, b: AliasKey): number {
  return compare(a.kind, b.kind) || compare(a.scope, b.scope) || compare(a.key, b.key);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
