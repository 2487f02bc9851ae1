// Telephone numbers: E.164 to show, and the key under which two spellings of one number meet (DESIGN 3).
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PhoneNumber } from 'libphonenumber-js/max';

/** `e164` with its '+', to show and to search. `matchKey` is digits only. Both null when it is no telephone number. */
export interface NormalPhone {
  e164: string | null;
  matchKey: string | null;
}

const NOTHING: NormalPhone = Object.freeze({ e164: null, matchKey: null });
const MAX_RAW_LENGTH = 64;
/** Parsing costs 20 to 50 µs, a remembered answer a tenth of one; two generations of this size keep the busy numbers. */
const MEMO_SIZE = 10_000;
let young = new Map<string, NormalPhone>();
let old = new Map<string, NormalPhone>();

/**
 * Reads an international number in any spelling: with or without '+' or 00, formatted, prefixed with `tel:` or
 * `whatsapp:`, or the jid of a user. A lid, a group, letters or a number of no country's length give nulls.
 */
export function normalisePhone(raw: string): NormalPhone {
  const known = young.get(raw);
  if (known) return known;
  if (raw.length > MAX_RAW_LENGTH) return NOTHING;
  const found = old.get(raw) ?? read(raw);
  if (young.size >= MEMO_SIZE) {
    old = young;
    young = new Map();
  }
  young.set(raw, found);
  return found;
}

/** The digits a spelling holds, '' when it is no spelling of a telephone number at all. */
export function phoneDigits(raw: string): string {
  const text = raw.normalize('NFKC').trim();
  const bare = /^(?:tel|whatsapp):/i.test(text) ? text.slice(text.indexOf(':') + 1) : text;
  const at = bare.indexOf('@');
  if (at >= 0) {
    const user = /^\+?([0-9]+)(?:_[0-9]+)?(?::[0-9]+)?@(?:s\.whatsapp\.net|c\.us|hosted)$/i.exec(bare);
    return user?.[1] ?? '';
  }
  if (/[\p{L}#*;,:_]/u.test(bare)) return '';
  return bare.replaceAll(/[^0-9]/g, '').replace(/^00/, '');
}

function read(raw: string): NormalPhone {
  const digits = phoneDigits(raw);
  if (digits.length < 7 || digits.length > 17) return NOTHING;
  const phone = parse(digits);
  if (!phone?.isPossible()) return NOTHING;
  return { e164: phone.number, matchKey: matchKeyOf(phone.number.slice(1)) };
}

/** As sent where that is a number; else with the ninth digit a Brazilian mobile has gained since its id was made. */
function parse(digits: string): PhoneNumber | undefined {
  const asSent = parsePhoneNumberFromString(`+${withoutMexicanOne(digits)}`);
  if (asSent?.isValid()) return asSent;
  const old = /^(55[1-9]{2})([6-9][0-9]{7})$/.exec(asSent?.number.slice(1) ?? digits);
  const grown = old && parsePhoneNumberFromString(`+${old[1]}9${old[2]}`);
  return grown?.isValid() ? grown : asSent;
}

function withoutMexicanOne(digits: string): string {
  return /^521[0-9]{10}$/.test(digits) ? `52${digits.slice(3)}` : digits;
}

/**
 * brokers.md 1.11. Only a local part of 6 to 9 can be a mobile from before the ninth digit: 41 9 3234-5678 keeps it,
 * because without it that is somebody's landline.
 */
function matchKeyOf(digits: string): string {
  if (/^55[1-9]{2}9[6-9][0-9]{7}$/.test(digits)) return digits.slice(0, 4) + digits.slice(5);
  if (/^549[0-9]{10}$/.test(digits)) return `54${digits.slice(3)}`;
  return digits;
}
