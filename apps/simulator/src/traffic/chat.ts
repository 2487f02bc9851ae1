// Who talks: the addresses of a conversation in the ways that WhatsApp spells them.

/** A conversation of one instance: with a person, or in a group. */
export interface Chat {
  n: number;
  tenant: number;
  isGroup: boolean;
  /** The same numbers write to every tenant: only the tenant keeps them apart, and the profile name shows whose it is. */
  person: Person;
  groupJid: string;
  /** Messages that may still be quoted, newest last. */
  recent: { id: string; text: string }[];
}

export interface Person {
  n: number;
  phoneJid: string;
  /** E.164 as it is dialled today, with the ninth digit. */
  phone: string;
  lid: string;
  /** How the gateway spells this person's chats. */
  spelling: 'phone' | 'phone+lid' | 'lid+phone' | 'flips' | 'old-fields' | 'lid';
}

const SPELLINGS = ['phone', 'phone+lid', 'lid+phone', 'flips', 'old-fields', 'phone', 'lid'] as const;
const AREAS = [11, 21, 31, 41, 51, 61, 71, 81, 85];

/** The n-th person: a Brazilian mobile, some with an id from before the ninth digit. */
export function personOf(n: number): Person {
  const area = AREAS[n % AREAS.length] ?? 11;
  const local = `${6 + (Math.floor(n / 10_000_000) % 4)}${String(n % 10_000_000).padStart(7, '0')}`;
  const ninth = n % 11 === 3 ? '' : '9';
  return {
    n,
    phoneJid: `55${area}${ninth}${local}@s.whatsapp.net`,
    phone: `+55${area}9${local}`,
    lid: `${88_000_000_000_000 + n * 7}@lid`,
    spelling: SPELLINGS[n % SPELLINGS.length] ?? 'phone',
  };
}

/** A WAMessage key of the chat. `flip` chooses the side where a gateway is of two minds. */
export function keyOf(chat: Chat, of: { id: string; fromMe: boolean; flip: boolean }): Record<string, unknown> {
  const { id, fromMe, flip } = of;
  const { person } = chat;
  if (chat.isGroup) {
    const author = fromMe ? {} : { participant: person.phoneJid, participantAlt: person.lid };
    return { remoteJid: chat.groupJid, fromMe, id, ...author, addressingMode: 'pn' };
  }
  const byPhone = { remoteJid: person.phoneJid, fromMe, id, participant: '', addressingMode: 'pn' };
  const byLid = { remoteJid: person.lid, fromMe, id, participant: '', addressingMode: 'lid' };
  switch (person.spelling) {
    case 'phone':
      return byPhone;
    case 'phone+lid':
      return { ...byPhone, remoteJidAlt: person.lid };
    case 'lid+phone':
      return { ...byLid, remoteJidAlt: person.phoneJid };
    case 'flips':
      return flip ? { ...byPhone, remoteJidAlt: person.lid } : { ...byLid, remoteJidAlt: person.phoneJid };
    case 'old-fields':
      return fromMe ? { ...byLid, recipientPn: person.phoneJid } : { ...byLid, senderPn: person.phoneJid };
    case 'lid':
      return byLid;
    default:
      return person.spelling satisfies never;
  }
}

/** The conversation as the ledger names it: what is known of it in all its spellings. */
export function chatName({ isGroup, groupJid, person }: Chat): string {
  if (isGroup) return groupJid;
  return person.spelling === 'lid' ? person.lid : person.phone;
}

/** The c-th conversation of so many tenants. */
export function chatOf(n: number, { tenants, groups }: { tenants: number; groups: number }): Chat {
  const place = Math.floor(n / tenants);
  return {
    n,
    tenant: n % tenants,
    isGroup: ((place * 37) % 100) / 100 < groups,
    person: personOf(place),
    groupJid: `1203630${String(place).padStart(11, '0')}@g.us`,
    recent: [],
  };
}
