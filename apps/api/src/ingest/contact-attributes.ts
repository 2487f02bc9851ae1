// What an event says about a person, laid over what is known: never erased by nothing, never by something older (DESIGN 3).
import type { ContactAttributes } from '@recado/contracts';
import type { ContactRow } from '../db/sql/rows.js';

/** One event's news about a contact. `phone` is E.164, read from the event's aliases. */
export interface ContactNews {
  attributes: ContactAttributes;
  phone: string | null;
  at: Date;
}

/** Most of a contact's other keys, as JSON text, that is kept or told; the raw delivery has the rest. */
const METADATA_LIMIT = 16_384;

/** Whether a contact's other keys are few and short enough to be kept beside the attributes. */
export function isKeepable(metadata: Record<string, unknown>): boolean {
  for (const _key in metadata) return JSON.stringify(metadata).length <= METADATA_LIMIT;
  return true;
}

/** The attributes that the news changes, by their names in the contract; empty when there is nothing new. */
export function contactChanges(contact: ContactRow, news: ContactNews): Partial<ContactRow> {
  const { attributes, at } = news;
  const changes: Partial<ContactRow> = {};
  const isCurrent = contact.nameAt === null || at >= contact.nameAt;
  if (isCurrent) {
    const pushName = realName(attributes.pushName);
    const name = attributes.name === attributes.pushName ? null : realName(attributes.name);
    if (pushName !== null && pushName !== contact.pushName) changes.pushName = pushName;
    // A push name stands in for the name until somebody gives a real one.
    const isStandIn = contact.name === null || contact.name === contact.pushName;
    const shown = name ?? (isStandIn ? pushName : null);
    if (shown !== null && shown !== contact.name) changes.name = shown;
    if (attributes.document && attributes.document !== contact.document) changes.document = attributes.document;
    if (attributes.registrations && !sameList(attributes.registrations, contact.registrations)) {
      changes.registrations = attributes.registrations;
    }
    const metadata = withMetadata(contact.metadata, attributes.metadata);
    if (metadata) changes.metadata = metadata;
    if (changes.name !== undefined || changes.pushName !== undefined) changes.nameAt = at;
  }
  if (news.phone !== null && contact.phone === null) changes.phone = news.phone;
  if (
    attributes.avatarUrl &&
    attributes.avatarUrl !== contact.avatarUrl &&
    (contact.avatarAt === null || at >= contact.avatarAt)
  ) {
    changes.avatarUrl = attributes.avatarUrl;
    changes.avatarAt = at;
  }
  return changes;
}

/** The time to give a change of a locked contact: never the same twice, because by it a process tells that its memory is out of date. */
export function changeTime(contact: ContactRow, now: Date): Date {
  return new Date(Math.max(now.getTime(), contact.updatedAt.getTime() + 1));
}

/** The changes as `contact.updated` tells them: the contract's attribute names only. */
export function publicChanges(changes: Partial<ContactRow>): Record<string, unknown> {
  const { nameAt: _nameAt, avatarAt: _avatarAt, ...told } = changes;
  return told;
}

/** The metadata with unknown keys laid over it; null when nothing differs or it would grow out of bounds. */
function withMetadata(known: Record<string, unknown>, news: Record<string, unknown>): Record<string, unknown> | null {
  if (Object.keys(news).length === 0) return null;
  const metadata = { ...known, ...news };
  const text = JSON.stringify(metadata);
  return text === JSON.stringify(known) || text.length > METADATA_LIMIT ? null : metadata;
}

/** '' and "Você" (what a broker calls ourselves) are nobody's name. */
function realName(name: string | null): string | null {
  const trimmed = name?.trim();
  return trimmed && trimmed !== 'Você' ? trimmed : null;
}

function sameList(a: string[], b: string[] | null): boolean {
  return b !== null && a.length === b.length && a.every((value, index) => value === b[index]);
}
