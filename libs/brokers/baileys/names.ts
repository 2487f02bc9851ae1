// Names of people: which word of a message names its contact, and which are no names at all.
import type { Alias, ContactAttributes } from '@recado/contracts';
import { isLidOf } from '../aliases.js';
import { nameOf } from '../json.js';

const NOBODY: ContactAttributes = {
  phone: null,
  name: null,
  document: null,
  registrations: null,
  avatarUrl: null,
  pushName: null,
  metadata: {},
};

/** A name, or null for '' and for the word by which gateways call ourselves. */
export function personName(value: unknown): string | null {
  const name = nameOf(value);
  return name === 'Você' ? null : name;
}

interface Heard {
  /** What the envelope says; null without one. */
  told: ContactAttributes | null;
  aliases: Alias[];
  pushName: unknown;
  verifiedName: unknown;
  /** In our own messages the profile names are ours. */
  isFromMe: boolean;
}

/** Attributes of the contact: the envelope's name, else the verified business name, else the profile name. */
export function contactOf({ told, aliases, pushName, verifiedName, isFromMe }: Heard): ContactAttributes {
  const contact = told ?? NOBODY;
  const lid = aliases.find((alias) => alias.kind === 'lid');
  const phone = contact.phone !== null && isLidOf(lid, contact.phone) ? null : contact.phone;
  const profile = isFromMe ? null : (personName(contact.pushName) ?? personName(pushName));
  const verified = isFromMe ? null : personName(verifiedName);
  return {
    phone: phone ?? aliases.find((alias) => alias.kind === 'phone')?.value ?? null,
    name: personName(contact.name) ?? verified ?? profile,
    document: contact.document,
    registrations: contact.registrations,
    avatarUrl: contact.avatarUrl,
    pushName: profile,
    metadata: contact.metadata,
  };
}
