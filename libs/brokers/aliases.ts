// Putting together what several parts of one item say about who a person is.
import type { Alias } from '@recado/contracts';

const BRAZILIAN = /^55\d{10,11}$/;
const ORDER = ['phone', 'jid', 'lid', 'bsuid', 'username'] as const;

/**
 * One alias of each kind, phone first. `sure` (the message's own key) wins over what was `heard` (the contact beside it), except that a phone
 * told for the same number keeps its spelling as received. When the phones are of two numbers nothing told counts: it would join two people.
 */
export function mergeAliases(sure: Alias[], heard: Alias[]): Alias[] {
  if (sure.length === 0 && heard.length < 2) return heard;
  const lid = find(sure, 'lid') ?? find(heard, 'lid');
  // A hidden id in the place of a phone is no phone.
  const told = lid === undefined ? heard : heard.filter((alias) => alias.kind === 'lid' || !isLidOf(lid, alias.value));
  const [surePhone, toldPhone] = [find(sure, 'phone'), find(told, 'phone')];
  const isOneNumber =
    surePhone === undefined || toldPhone === undefined || isSameNumber(surePhone.value, toldPhone.value);
  if (!isOneNumber) return mergeAliases(sure, []);
  const merged: Alias[] = [];
  for (const kind of ORDER) {
    const alias = kind === 'phone' ? (toldPhone ?? surePhone) : (find(sure, kind) ?? find(told, kind));
    if (alias !== undefined) merged.push(alias);
  }
  return merged;
}

/** A name of the person that stays the same from one event to the next, as far as the event tells. */
export function stableName(aliases: Alias[]): string | null {
  const phone = find(aliases, 'phone');
  if (phone !== undefined) return `+${digitsOf(phone.value)}`;
  return aliases[0]?.value ?? null;
}

function find(aliases: Alias[], kind: Alias['kind']): Alias | undefined {
  return aliases.find((alias) => alias.kind === kind);
}

/** Whether a telephone number is made of nothing but a hidden id's digits. */
export function isLidOf(lid: Alias | undefined, phone: string): boolean {
  return lid !== undefined && digitsOf(phone) === lid.value.slice(0, lid.value.indexOf('@'));
}

/** Two spellings of one number: the country and the ninth digit come and go, and the area too where one of them is shorter than an area allows. */
export function isSameNumber(one: string, other: string): boolean {
  const [a, b] = [digitsOf(one).replace(/^0+/, ''), digitsOf(other).replace(/^0+/, '')];
  if (Math.min(a.length, b.length) < 10) return a.slice(-8) === b.slice(-8);
  if (BRAZILIAN.test(a) || BRAZILIAN.test(b)) return areaAndLine(a) === areaAndLine(b);
  return a.slice(-10) === b.slice(-10);
}

function areaAndLine(digits: string): string {
  const national = BRAZILIAN.test(digits) ? digits.slice(2) : digits;
  return national.length > 11 ? national : national.slice(0, 2) + national.slice(-8);
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}
