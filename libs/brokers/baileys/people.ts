// `contacts.upsert`, `contacts.update`, `lid-mapping.update` and changed numbers: news about people and evidence who they are.
import { normaliseTimestamp, type Alias, type ContactAttributes } from '@recado/contracts';
import { mergeAliases } from '../aliases.js';
import { firstName, idOf, type JsonObject } from '../json.js';
import { ignored, rejected, type Reading } from '../reading.js';
import type { Place } from './chat.js';
import { aliasesOfJid, isPerson, readJid, reasonAgainst, type Jid } from './jid.js';
import type { Action } from './kind.js';
import { contactOf, personName } from './names.js';
import { stampOf, type Outer } from './outer.js';

const DAY_MS = 24 * 3_600_000;

type Identity = Extract<Action, { action: 'identity' }>;

/** One contact of the phone's address book: `{id, lid?, phoneNumber?, name, notify, verifiedName, username?, imgUrl}`. */
export function readContact(raw: JsonObject, outer: Outer): Reading {
  const main = readJid(raw.id) ?? readJid(raw.jid);
  if (main?.kind === 'group') return ignored('group', 'contact', null);
  const reason = main === null ? null : reasonAgainst(main);
  if (reason !== null) return ignored(reason, 'contact', null);
  const username = idOf(raw.username);
  const aliases = [
    ...aliasesOf(main === null ? [] : [main], [raw.phoneNumber, raw.jid, raw.lid]),
    ...(username === null ? [] : [{ kind: 'username', value: username } as const]),
  ];
  if (!aliases.some((alias) => alias.kind !== 'username')) return nobody('contact');
  const { name, notify, verifiedName, imgUrl } = raw;
  const heard = { told: null, aliases, pushName: notify, verifiedName, isFromMe: false };
  const contact = contactOf(heard);
  return event(outer, aliases, {
    ...contact,
    name: personName(name) ?? contact.name,
    avatarUrl: typeof imgUrl === 'string' && /^https?:\/\//.test(imgUrl) ? imgUrl : null,
  });
}

/** One `{lid, pn}`: two names of one person. */
export function readLidMapping(raw: JsonObject, outer: Outer): Reading {
  const pn = readJid(firstName(raw.pn, raw.phoneNumber));
  const lid = readJid(firstName(raw.lid));
  if (!isPerson(pn) || !isPerson(lid) || pn.kind === lid.kind) return nobody('identity');
  const aliases = mergeAliases([...aliasesOfJid(pn), ...aliasesOfJid(lid)], []);
  return event(outer, aliases, contactOf({ told: null, aliases, pushName: null, verifiedName: null, isFromMe: false }));
}

interface Told {
  place: Place;
  outer: Outer;
  time: unknown;
  /** Of the message that tells it. */
  id: string;
}

/** A changed number or hidden id: whoever the message is from goes by the other addresses too. Two numbers are one person here, as nowhere else. */
export function samePerson({ others, most, orElse }: Identity, { place, outer, time, id }: Told): Reading {
  const people = others.map((told) => told.map(readJid).filter(isPerson)).filter((told) => told.length > 0);
  const isAbout = people.length < 2 || people.some((one) => isNamed(place, one));
  const told = people.length > most || !isAbout ? [] : people.flat().flatMap(aliasesOfJid);
  const aliases = [...place.aliases, ...told].filter(
    (alias, at, all) => at === all.findIndex((other) => other.kind === alias.kind && other.value === alias.value),
  );
  const names = new Set(
    aliases.map(({ kind, value }) => (kind === 'phone' ? value.replace(/\D/g, '') : value.split('@')[0])),
  );
  const phones = new Set(aliases.filter(({ kind }) => kind === 'phone').map(({ value }) => value));
  // A number given up long ago may be somebody else's by now.
  if (names.size < 2 || (phones.size > 1 && isPast(outer, time))) return ignored(orElse, 'identity', id);
  const contact = contactOf({ told: null, aliases, pushName: null, verifiedName: null, isFromMe: false });
  return event(outer, aliases, contact, time);
}

/** Of two people told, one must be whom the message is about: else nobody can say whose news it is. */
function isNamed(place: Place, told: Jid[]): boolean {
  return told.flatMap(aliasesOfJid).some(({ value }) => place.aliases.some((alias) => alias.value === value));
}

/** Whether it happened more than a day before it was told, as far as that is known. */
function isPast({ origin, timesBefore, timesAfter }: Outer, time: unknown): boolean {
  if (origin !== 'append') return origin === 'history';
  const [at, toldAt] = [time, timesAfter.find(normaliseTimestamp) ?? timesBefore.find(normaliseTimestamp)].map(
    (spelling) => Date.parse(normaliseTimestamp(spelling) ?? ''),
  );
  return !(at !== undefined && toldAt !== undefined && toldAt - at <= DAY_MS);
}

function aliasesOf(sure: NonNullable<ReturnType<typeof readJid>>[], others: unknown[]): Alias[] {
  const told = others.map((raw) => readJid(raw)).filter(isPerson);
  return mergeAliases(sure.flatMap(aliasesOfJid), told.flatMap(aliasesOfJid));
}

function event(outer: Outer, aliases: Alias[], contact: ContactAttributes, time?: unknown): Reading {
  const jid = aliases.find((alias) => alias.kind === 'jid' || alias.kind === 'lid')?.value ?? null;
  return { event: { kind: 'contact', ...stampOf(outer, [time]), chat: { kind: 'person', jid, aliases }, contact } };
}

function nobody(payloadType: 'contact' | 'identity'): Reading {
  return rejected('missing_chat', { payloadType, issues: [{ path: 'id', message: 'no person is named' }] });
}
