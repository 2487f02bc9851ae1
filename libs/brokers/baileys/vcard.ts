// Telephone numbers and the name out of a vCard, however its lines end, fold or are grouped.
import type { ContactCard } from '@recado/contracts';
import { nameOf } from '../json.js';

/** A card with a photo can weigh hundreds of kilobytes: above this only what was read is kept. */
const KEPT_LIMIT = 16 * 1024;
const MOST_PHONES = 50;
// Over the whole text: a card of nothing but line breaks must not become millions of lines.
const PHONES = /^(?:[\w-]+\.)?TEL((?:;[^:\r\n]*)?):(.*)$/gim;
const FULL_NAME = /^(?:[\w-]+\.)?FN(?:;[^:\r\n]*)?:(.*)$/im;

/** A shared contact. WhatsApp's own number (`waid`) is preferred to the spelling beside it. */
export function readCard(displayName: unknown, vcard: unknown): ContactCard {
  const text = typeof vcard === 'string' ? vcard : '';
  const unfolded = text.replace(/\r?\n[ \t]/g, '');
  const phones = new Set<string>();
  for (const [, parameters, value] of unfolded.matchAll(PHONES)) {
    const phone = phoneOf(parameters ?? '', value ?? '');
    if (phone !== null) phones.add(phone);
    if (phones.size === MOST_PHONES) break;
  }
  return {
    name: nameOf(displayName) ?? nameOf(FULL_NAME.exec(unfolded)?.[1]),
    phones: [...phones],
    vcard: text === '' || text.length > KEPT_LIMIT ? null : text,
  };
}

function phoneOf(parameters: string, value: string): string | null {
  const waid = /waid=(\d{5,20})/i.exec(parameters)?.[1];
  return waid === undefined ? nameOf(value.replace(/^tel:/i, '')) : `+${waid}`;
}
