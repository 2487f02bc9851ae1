// Which message a change means: one id in two chats never mixes them up (DESIGN 2, 3).
import type { CanonicalChange } from '@recado/contracts';
import type { Queryable } from '../db/database.js';
import { aliasKindsOf, probeAliases } from '../db/sql/ingest-identity.js';
import type { MessageRow } from '../db/sql/rows.js';
import { aliasKeys, type AliasKey } from './aliases.js';
import { addressOf } from './known-aliases.js';
import { aliasesOf } from './work.js';

/** A change and where it happened. */
export interface Aim {
  tenantId: string;
  instanceId: string;
  change: CanonicalChange;
}

/** The message of that chat; null when the chat is not known or has no such message. */
export function inChat(candidates: MessageRow[], aim: Aim, chat: string | null): MessageRow | null {
  return chat === null ? null : theOnly(candidates.filter((row) => row.chat === chat && goesTheWay(row, aim)));
}

/** The messages that changes mean, by what is known under the log lock; null where there is none yet. `candidates` go by the id. */
export async function chooseTargets(
  client: Queryable,
  asked: { aim: Aim; candidates: MessageRow[] }[],
): Promise<(MessageRow | null)[]> {
  const named = asked
    .filter(({ candidates }) => candidates.length > 0)
    .flatMap(({ aim }) => keysOf(aim).map((key) => ({ ...key, tenantId: aim.tenantId })));
  const owners = named.length > 0 ? await probeAliases(client, named) : [];
  const contacts = new Map(owners.map((owner) => [addressOf(owner.tenantId, owner), owner.contactId]));
  const strangers = asked.filter(
    ({ aim, candidates }) => candidates.length > 0 && keysOf(aim).length > 0 && chatNow(aim, contacts) === null,
  );
  const names = await namesOf(
    client,
    strangers.flatMap(({ candidates }) => candidates),
  );
  return asked.map(({ aim, candidates }) => {
    const chat = chatNow(aim, contacts);
    if (chat !== null) return inChat(candidates, aim, chat);
    return theOnly(candidates.filter((row) => goesTheWay(row, aim) && mayBe(row, aim, names)));
  });
}

/** A name nobody has heard of may be another one of the chat's person, unless that person has a name of the same kind. */
function mayBe(row: MessageRow, aim: Aim, names: Set<string>): boolean {
  return !keysOf(aim).some((key) => names.has(kindOfName(row.tenantId, row.chat, key)));
}

async function namesOf(client: Queryable, rows: MessageRow[]): Promise<Set<string>> {
  // The chat of a person is a contact's id, that of a group its jid.
  const persons = rows.filter((row) => !row.chat.includes('@'));
  if (persons.length === 0) return new Set();
  const known = await aliasKindsOf(
    client,
    persons.map((row) => ({ tenantId: row.tenantId, contactId: row.chat })),
  );
  return new Set(known.map((alias) => kindOfName(alias.tenantId, alias.contactId, alias)));
}

function kindOfName(tenantId: string, contactId: string, { kind, scope }: { kind: string; scope: string }): string {
  return addressOf(tenantId, { kind, scope, key: contactId });
}

function keysOf({ instanceId, change }: Aim): AliasKey[] {
  return aliasKeys(instanceId, aliasesOf(change.chat));
}

function chatNow(aim: Aim, contacts: Map<string, string>): string | null {
  const keys = keysOf(aim);
  if (aim.change.chat.kind === 'group') return keys[0]?.key ?? null;
  for (const key of keys) {
    const contact = contacts.get(addressOf(aim.tenantId, key));
    if (contact !== undefined) return contact;
  }
  return null;
}

function goesTheWay(row: MessageRow, { change }: Aim): boolean {
  return change.targetDirection === null || row.direction === change.targetDirection;
}

function theOnly(rows: MessageRow[]): MessageRow | null {
  const [only, ...more] = rows;
  return only && more.length === 0 ? only : null;
}
