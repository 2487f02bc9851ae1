// Telephone numbers and the name out of a vCard, however its lines end, fold or are grouped.
import type { ContactCard } from '@recado/contracts';
import { nameOf } from '../json.js';

/** A card with a photo can weigh hundreds of kilobytes: above this only what was read is kept. */
const KEPT_LIMIT = 16 * 1024;
const MOST_PHONES = 50;
const PHONE = /^(?:[\w-]+\.)?TEL((?:;[^:]*)?):(.*)$/i;
const FULL_NAME = /^(?:[\w-]+\.)?FN(?:;[^:]*)?:(.*)$/i;

/** A shared contact. WhatsApp's own number (`waid`) is preferred to the spelling beside it. */
export function readCard(displayName: unknown, vcard: unknown): ContactCard {
  const text = typeof vcard === 'string' ? vcard : '';
  const lines = text.replace(/\r?\n[ \t]/g, '').split(/\r\n|\r|\n/);
  const phones = new Set<string>();
  let fullName: string | null = null;
  for (const line of lines) {
    const phone = phoneOf(line);
    if (phone !== null && phones.size < MOST_PHONES) phones.add(phone);
    fullName ??= nameOf(FULL_NAME.exec(line)?.[1]);
  }
  return {
    name: nameOf(displayName) ?? fullName,
    phones: [...phones],
    vcard: text === '' || text.length > KEPT_LIMIT ? null : text,
  };
}

function phoneOf(line: string): string | null {
  const found = PHONE.exec(line);
  if (found === null) return null;
  const waid = /waid=(\d{5,20})/i.exec(found[1] ?? '')?.[1];
  return waid === undefined ? nameOf((found[2] ?? '').replace(/^tel:/i, '')) : `+${waid}`;
}
