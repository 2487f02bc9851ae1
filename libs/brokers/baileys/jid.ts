// Understanding WhatsApp addresses: who or what a jid names, without device and agent parts.
import type { Alias, Reason } from '@recado/contracts';

/** What an address names. `phone` and `lid` are people; the rest is no chat with a person. */
export type JidKind = 'phone' | 'lid' | 'group' | 'status' | 'broadcast' | 'newsletter' | 'other';

export interface Jid {
  kind: JidKind;
  user: string;
  /** The address without device and agent, `c.us` and `hosted` in their one modern spelling. */
  value: string;
}

const LONGEST = 128;
const DEVICE_AND_AGENT = /(?:_\d+)?(?::\d+)?$/;
const DIGITS = /^\d{1,20}$/;
/** WhatsApp's own senders: announcements, the official account, the AI numbers. */
const NOT_CUSTOMERS = /^(?:0|16505361212|1313555\d{4})$/;

/** Reads an address; '' and anything that is no address are null. Bare digits count as a phone. */
export function readJid(raw: unknown): Jid | null {
  if (typeof raw !== 'string' || raw.length > LONGEST) return null;
  const text = raw.trim();
  const at = text.indexOf('@');
  if (at < 0) return /^\d{5,20}$/.test(text) ? phoneJid(text) : null;
  const address = text.slice(0, at);
  const server = text.slice(at + 1).toLowerCase();
  if (address === '' || server === '') return null;
  const user = address.replace(DEVICE_AND_AGENT, '');
  switch (server) {
    case 's.whatsapp.net':
    case 'c.us':
    case 'hosted':
      return phoneJid(user);
    case 'lid':
    case 'hosted.lid':
      return { kind: 'lid', user, value: `${user}@lid` };
    case 'g.us':
      return { kind: 'group', user: address, value: `${address}@g.us` };
    case 'broadcast':
      return { kind: address === 'status' ? 'status' : 'broadcast', user: address, value: text };
    case 'newsletter':
      return { kind: 'newsletter', user, value: text };
    default:
      return { kind: 'other', user, value: text };
  }
}

export function isPerson(jid: Jid | null): jid is Jid {
  return jid !== null && (jid.kind === 'phone' || jid.kind === 'lid');
}

/** Names of the person behind an address: a phone gives its number and its jid. */
export function aliasesOfJid(jid: Jid): Alias[] {
  if (jid.kind === 'lid') return [{ kind: 'lid', value: jid.value }];
  if (jid.kind !== 'phone') return [];
  return [
    { kind: 'phone', value: `+${jid.user}` },
    { kind: 'jid', value: jid.value },
  ];
}

/** Why an address is no customer's chat; null for people and groups. */
export function reasonAgainst(jid: Jid): Reason | null {
  switch (jid.kind) {
    case 'status':
      return 'status_broadcast';
    case 'broadcast':
      return 'broadcast_list';
    case 'newsletter':
      return 'newsletter';
    case 'other':
      return 'not_a_customer';
    case 'phone':
    case 'lid':
    case 'group':
      return null;
    default:
      return jid.kind satisfies never;
  }
}

function phoneJid(user: string): Jid {
  const isCustomer = DIGITS.test(user) && !NOT_CUSTOMERS.test(user);
  return { kind: isCustomer ? 'phone' : 'other', user, value: `${user}@s.whatsapp.net` };
}
