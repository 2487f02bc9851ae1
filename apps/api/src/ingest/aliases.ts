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
const ADDRESS = /^\+?([0-9]+(?:-[0-9]+)?)(?:_[0-9]+)?(?::[0-9]+)?@([a-z.]+)$/i;
const USER_SERVERS = new Set(['s.whatsapp.net', 'c.us', 'hosted']);
const LID_SERVERS = new Set(['lid', 'hosted.lid']);

/**
 * The keys of some aliases, without repeats, ordered by (kind, scope, key): the order in which rows are locked. A user's
 * jid gives its phone as well. What no key can be made of is left out, so the answer may be empty.
 */
export function aliasKeys(instanceId: string, aliases: Alias[]): AliasKey[] {
  const found = new Map<string, Candidate>();
  for (const alias of aliases) {
    for (const candidate of candidatesOf(instanceId, alias)) {
      const id = `${candidate.kind} ${candidate.scope} ${candidate.key}`;
      const other = found.get(id);
      if (!other || isPreferred(candidate, other)) found.set(id, candidate);
    }
  }
  return [...found.values()].toSorted(compareKeys).map(({ kind, scope, key, value }) => ({ kind, scope, key, value }));
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
  const server = kind === 'lid' ? 'lid' : 's.whatsapp.net';
  const [, user, given] = ADDRESS.exec(value.includes('@') ? value : `${value}@${server}`) ?? [];
  if (user === undefined || given === undefined) return [];
  const base = { scope: instanceId, value, isDerived: false };
  const at = given.toLowerCase();
  if (at === 'g.us') return [{ ...base, kind: 'jid', key: `${user}@g.us` }];
  if (user.includes('-')) return [];
  if (LID_SERVERS.has(at)) return [{ ...base, kind: 'lid', key: `${user}@lid` }];
  if (!USER_SERVERS.has(at)) return [];
  return [{ ...base, kind: 'jid', key: `${user}@s.whatsapp.net` }, ...phoneCandidates(user, true)];
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
