// Putting together what several parts of one item say about who a person is.
import type { Alias } from '@recado/contracts';

const ORDER = ['phone', 'jid', 'lid', 'bsuid', 'username'] as const;

/**
 * One alias of each kind, phone first. `sure` (the message's own key) wins over `told` (the contact beside it), except that a phone
 * told for the same number keeps its spelling as received. When the phones are of two numbers nothing told counts: it would join two people.
 */
export function mergeAliases(sure: Alias[], told: Alias[]): Alias[] {
  if (sure.length === 0 && told.length < 2) return told;
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

/** The last eight digits: country, area and ninth digit come and go between spellings. */
function isSameNumber(one: string, other: string): boolean {
  return digitsOf(one).slice(-8) === digitsOf(other).slice(-8);
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}
