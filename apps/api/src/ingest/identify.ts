// The identity step of a batch: every name in it becomes a contact, before anything is deduplicated (DESIGN 3).
import { newId } from '../ids.js';
import type { Queryable } from '../db/database.js';
import type { ContactRow } from '../db/sql/rows.js';
import {
  insertAliases,
  insertContacts,
  lockContacts,
  moveAliases,
  probeAliases,
  updateContacts,
  type AliasOwner,
  type NewAlias,
} from '../db/sql/ingest-identity.js';
import { AliasGroups } from './alias-groups.js';
import { MergeNeeded, StaleMemory } from './batch-interrupts.js';
import { changeTime, contactChanges } from './contact-attributes.js';
import { addressOf, type KnownAlias, type KnownAliases } from './known-aliases.js';
import type { Mention } from './mentions.js';

/** What the identity step found and did. */
export interface Identified {
  /** Changed attributes of contacts that existed before, by `tenant contact`. */
  changed: Map<
    string,
    { tenantId: string; contact: ContactRow; changes: Partial<ContactRow>; traceId: string; at: Date }
  >;
  /** What may be remembered once the transaction has committed. */
  learned: Map<string, KnownAlias>;
  /** Mentions that went to the database: their chats may lack an open ticket. */
  cold: Set<Mention>;
  /** Contacts that are new, have a new name or changed, as `tenant contact`. */
  news: Set<string>;
}

/** Resolves the mentions in place. Throws MergeNeeded and StaleMemory. */
export async function identify(
  client: Queryable,
  mentions: Mention[],
  known: KnownAliases,
  now: Date,
): Promise<Identified> {
  const cold = mentions.filter((mention) => mention.isAlone || !recall(mention, known));
  const result: Identified = { changed: new Map(), learned: new Map(), cold: new Set(cold), news: new Set() };
  if (cold.length === 0) return result;

  const addresses = new Map(
    cold.flatMap((mention) =>
      mention.keys.map((key) => [addressOf(mention.tenantId, key), { ...key, tenantId: mention.tenantId }]),
    ),
  );
  const owners = new Map(
    (await probeAliases(client, [...addresses.values()])).map((owner) => [ownerAddress(owner), owner]),
  );

  const groups = groupUp(cold, owners);
  const fresh = new Set<string>();
  const missing: NewAlias[] = [];
  for (const group of groups) {
    if (group.contactIds.size > 1) continue;
    const [contactId = newId()] = group.contactIds;
    if (group.contactIds.size === 0) {
      if (!group.mentions.some((mention) => mention.creates)) continue;
      fresh.add(contactId);
    }
    group.contactId = contactId;
    const named = new Map(
      group.mentions
        .filter((mention) => mention.creates)
        .flatMap((mention) => mention.keys.map((key) => [addressOf(group.tenantId, key), { key, mention }])),
    );
    for (const [address, { key, mention }] of named) {
      if (!owners.has(address))
        missing.push({ ...key, tenantId: group.tenantId, id: newId(), contactId, source: mention.source });
    }
  }
  const pairs = groups.flatMap((group) => pairsOf(group, 'both in one event'));
  if (pairs.length > 0) throw new MergeNeeded(pairs);

  await giveAliases(client, { groups, missing, owners, fresh });
  await settleContacts(client, { groups, fresh, now, result });
  for (const { tenantId, contactId } of missing) result.news.add(`${tenantId} ${contactId}`);
  for (const key of result.changed.keys()) result.news.add(key);
  for (const group of groups) {
    const contact = group.contact;
    if (!contact) continue;
    for (const mention of group.mentions) {
      mention.contact = contact;
      mention.isNew = fresh.has(contact.id);
      for (const key of mention.keys) {
        const owner = owners.get(addressOf(mention.tenantId, key));
        if (owner) result.learned.set(ownerAddress(owner), { aliasId: owner.id, contact });
      }
      mention.aliasId = primaryAlias(mention, (address) => owners.get(address)?.id);
    }
  }
  return result;
}

/** One person of the batch. */
interface Group {
  tenantId: string;
  mentions: Mention[];
  contactIds: Set<string>;
  contactId: string | null;
  contact: ContactRow | null;
}

/** Answers from memory when every name is known, they agree, and the event has nothing new to say. */
function recall(mention: Mention, known: KnownAliases): boolean {
  let contact: ContactRow | null = null;
  for (const key of mention.keys) {
    const memory = known.get(addressOf(mention.tenantId, key));
    if (!memory || (contact && contact.id !== memory.contact.id)) return false;
    contact = memory.contact;
  }
  if (!contact || (mention.news && Object.keys(contactChanges(contact, mention.news)).length > 0)) return false;
  mention.contact = contact;
  mention.isRecalled = true;
  mention.aliasId = primaryAlias(mention, (address) => known.get(address)?.aliasId);
  return true;
}

/** The name the event came under: replies go there, and a merge that is undone follows it. */
function primaryAlias(mention: Mention, idOf: (address: string) => string | undefined): string | null {
  const order = ['jid', 'lid', 'phone', 'bsuid', 'username'];
  const spoken = mention.keys.find((key) => key.value === mention.jid);
  const key = spoken ?? mention.keys.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))[0];
  return (key && idOf(addressOf(mention.tenantId, key))) ?? null;
}

function ownerAddress(owner: AliasOwner): string {
  return addressOf(owner.tenantId, owner);
}

function groupUp(mentions: Mention[], owners: Map<string, AliasOwner>): Group[] {
  const union = new AliasGroups();
  const nameOf = (mention: Mention) => addressOf(mention.tenantId, mention.keys[0] ?? { kind: '', scope: '', key: '' });
  for (const mention of mentions) {
    for (const key of mention.keys) {
      const address = addressOf(mention.tenantId, key);
      union.join(nameOf(mention), address);
      const owner = owners.get(address);
      if (owner) union.join(address, `${mention.tenantId} ${owner.contactId}`);
    }
  }
  const groups = new Map<string, Group>();
  for (const mention of mentions) {
    const root = union.find(nameOf(mention));
    const group = groups.get(root) ?? {
      tenantId: mention.tenantId,
      mentions: [],
      contactIds: new Set(),
      contactId: null,
      contact: null,
    };
    group.mentions.push(mention);
    for (const key of mention.keys) {
      const owner = owners.get(addressOf(mention.tenantId, key));
      if (owner) group.contactIds.add(owner.contactId);
    }
    groups.set(root, group);
  }
  return [...groups.values()];
}

function pairsOf(group: Group, evidence: string): MergeNeeded['pairs'] {
  const [first, ...others] = [...group.contactIds].toSorted();
  return first === undefined
    ? []
    : others.map((other) => ({ tenantId: group.tenantId, contactIds: [first, other] as [string, string], evidence }));
}

/** Gives the missing aliases in one order for every batch. A racing batch's alias wins: its contact is taken over. */
async function giveAliases(
  client: Queryable,
  {
    groups,
    missing,
    owners,
    fresh,
  }: { groups: Group[]; missing: NewAlias[]; owners: Map<string, AliasOwner>; fresh: Set<string> },
): Promise<void> {
  if (missing.length === 0) return;
  const sorted = missing.toSorted((a, b) => (ownerAddress(a) < ownerAddress(b) ? -1 : 1));
  const given = await insertAliases(client, sorted);
  for (const owner of given) owners.set(ownerAddress(owner), owner);
  const wanted = new Map(missing.map((alias) => [ownerAddress(alias), alias.contactId]));
  const moved: AliasOwner[] = [];
  const pairs: MergeNeeded['pairs'] = [];
  for (const group of groups) {
    const mine = given.filter((owner) => wanted.get(ownerAddress(owner)) === group.contactId);
    const foreign = new Set(
      mine.filter((owner) => owner.contactId !== group.contactId).map((owner) => owner.contactId),
    );
    if (foreign.size === 0 || group.contactId === null) continue;
    const isFresh = fresh.has(group.contactId);
    group.contactIds = isFresh ? foreign : new Set([group.contactId, ...foreign]);
    if (group.contactIds.size > 1) {
      pairs.push(...pairsOf(group, 'both in one event'));
      continue;
    }
    const [taken = group.contactId] = foreign;
    for (const owner of mine) {
      if (owner.contactId !== group.contactId) continue;
      owner.contactId = taken;
      moved.push(owner);
    }
    fresh.delete(group.contactId);
    group.contactId = taken;
  }
  if (pairs.length > 0) throw new MergeNeeded(pairs);
  if (moved.length > 0) await moveAliases(client, moved);
}

/** Locks the contacts that exist, makes those that do not, and lays the events' news over both. */
async function settleContacts(
  client: Queryable,
  { groups, fresh, now, result }: { groups: Group[]; fresh: Set<string>; now: Date; result: Identified },
): Promise<void> {
  const existing = groups.filter((group) => group.contactId !== null && !fresh.has(group.contactId));
  const locked =
    existing.length > 0
      ? await lockContacts(
          client,
          existing.map((group) => ({ tenantId: group.tenantId, id: group.contactId ?? '' })),
        )
      : [];
  const rows = new Map(locked.map((row) => [`${row.tenantId} ${row.id}`, row]));
  const made: ContactRow[] = [];
  const updated: ContactRow[] = [];
  for (const group of groups) {
    if (group.contactId === null) continue;
    const isFresh = fresh.has(group.contactId);
    const row = isFresh ? newContact(group, now) : rows.get(`${group.tenantId} ${group.contactId}`);
    // A merge took the contact away between the probe and the lock: probe again.
    if (!row || row.mergedInto !== null)
      throw new StaleMemory(
        group.mentions.flatMap((mention) => mention.keys.map((key) => addressOf(mention.tenantId, key))),
      );
    const changes: Partial<ContactRow> = {};
    const news = group.mentions
      .filter((mention) => mention.news !== null)
      .toSorted((a, b) => Number(a.news?.at) - Number(b.news?.at));
    for (const mention of news) {
      if (mention.news) Object.assign(changes, contactChanges({ ...row, ...changes }, mention.news));
    }
    const isChanged = Object.keys(changes).length > 0;
    group.contact = { ...row, ...changes, ...(isChanged && { updatedAt: changeTime(row, now) }) };
    if (isFresh) made.push(group.contact);
    else if (isChanged) {
      updated.push(group.contact);
      const { traceId } = group.mentions[0] ?? { traceId: '' };
      result.changed.set(`${group.tenantId} ${row.id}`, {
        tenantId: group.tenantId,
        contact: group.contact,
        changes,
        traceId,
        at: now,
      });
    }
  }
  if (made.length > 0) await insertContacts(client, made);
  if (updated.length > 0) await updateContacts(client, updated);
}

function newContact(group: Group, now: Date): ContactRow {
  const isGroup = group.mentions.some((mention) => mention.kind === 'group');
  return {
    tenantId: group.tenantId,
    id: group.contactId ?? '',
    kind: isGroup ? 'group' : 'person',
    name: null,
    nameAt: null,
    pushName: null,
    phone: null,
    document: null,
    registrations: null,
    avatarUrl: null,
    avatarAt: null,
    metadata: {},
    mergedInto: null,
    createdAt: now,
    updatedAt: now,
  };
}
