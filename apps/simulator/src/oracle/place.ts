// Whether a message stands in the conversation and at the time it was told for, whatever spelling its address had.
import type { Fact } from '../facts.js';
import type { ShownPlace } from './shown.js';

type MessageFact = Extract<Fact, { kind: 'message' }>;

/** What is wrong with where one message is shown, or null. A name or phone that is not shown yet says nothing. */
export function placeFault({ contact, at }: ShownPlace, told: MessageFact): string | null {
  const phone = told.chat.startsWith('+') ? told.chat : null;
  if (contact.phone !== null && contact.phone !== phone) return `it is shown with ${contact.phone}, not ${told.chat}`;
  if (contact.name !== null && contact.name !== told.name)
    return `it is shown with "${contact.name}", not ${told.name}`;
  if (told.at !== null && at !== told.at) return `it is shown at ${timeOf(at)}, it was said at ${timeOf(told.at)}`;
  return null;
}

/** Holds contacts against conversations: one each, also where neither phone nor name is known. */
export interface Seating {
  /** What is wrong with a message of that conversation at that contact, or null. */
  fault(message: { tenantId: string; contactId: string }, chat: string): string | null;
}

/** Remembers who was seen where first. */
export function createSeating(): Seating {
  const chats = new Map<string, string>();
  const contacts = new Map<string, string>();
  return {
    fault({ tenantId, contactId }, chat) {
      const contact = `${tenantId} ${contactId}`;
      const name = `${tenantId} ${chat}`;
      const other = chats.get(contact);
      if (other !== undefined && other !== name) return `it stands in the conversation of ${other}, not ${chat}`;
      const home = contacts.get(name);
      if (home !== undefined && home !== contact) return `${chat} is split into two conversations`;
      chats.set(contact, name);
      contacts.set(name, contact);
      return null;
    },
  };
}

function timeOf(ms: number): string {
  return Number.isNaN(ms) ? 'no time' : new Date(ms).toISOString();
}
