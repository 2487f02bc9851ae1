// Statements of ingest's identity step: aliases first, then contacts (DESIGN 3, lock order of DESIGN 4.5).
import { textArray, uuidArray } from '../binary-arrays.js';
import type { Queryable } from '../database.js';
import { contactColumns } from './columns.js';
import type { ContactRow } from './rows.js';

/** Where an alias lives in the table. */
export interface AliasAddress {
  tenantId: string;
  kind: string;
  scope: string;
  key: string;
}
export interface AliasOwner extends AliasAddress {
  id: string;
  contactId: string;
}

const ALIAS_COLUMNS = 'a.tenant_id as "tenantId", a.kind, a.scope, a.key, a.id, a.contact_id as "contactId"';

function addressArrays(aliases: AliasAddress[]): Buffer[] {
  return [
    textArray(aliases.map((alias) => alias.tenantId)),
    textArray(aliases.map((alias) => alias.kind)),
    textArray(aliases.map((alias) => alias.scope)),
    textArray(aliases.map((alias) => alias.key)),
  ];
}

/** Who the aliases belong to; the unknown ones are missing from the answer. */
export async function probeAliases(client: Queryable, aliases: AliasAddress[]): Promise<AliasOwner[]> {
  const result = await client.query<AliasOwner>({
    name: 'ingest.alias-probe',
    text: `select ${ALIAS_COLUMNS} from unnest($1::text[], $2::text[], $3::text[], $4::text[]) i(tenant, kind, scope, key)
      join contact_aliases a on a.tenant_id = i.tenant and a.kind = i.kind and a.scope = i.scope and a.key = i.key`,
    values: addressArrays(aliases),
  });
  return result.rows;
}

/** The kinds of names that some contacts have. */
export async function aliasKindsOf(
  client: Queryable,
  contacts: { tenantId: string; contactId: string }[],
): Promise<Pick<AliasOwner, 'tenantId' | 'contactId' | 'kind' | 'scope'>[]> {
  const result = await client.query<Pick<AliasOwner, 'tenantId' | 'contactId' | 'kind' | 'scope'>>({
    name: 'ingest.alias-kinds',
    text: `select distinct a.tenant_id as "tenantId", a.contact_id as "contactId", a.kind, a.scope
      from unnest($1::text[], $2::uuid[]) i(tenant, contact)
      join contact_aliases a on a.tenant_id = i.tenant and a.contact_id = i.contact`,
    values: [
      textArray(contacts.map((contact) => contact.tenantId)),
      uuidArray(contacts.map((contact) => contact.contactId)),
    ],
  });
  return result.rows;
}

/** An alias to give a contact. */
export interface NewAlias extends AliasOwner {
  value: string;
  source: string;
}

/** Gives the aliases, in the order handed in (sorted by the caller). An alias that a racing batch gave first comes back with that batch's contact. */
export async function insertAliases(client: Queryable, aliases: NewAlias[]): Promise<AliasOwner[]> {
  const result = await client.query<AliasOwner>({
    name: 'ingest.alias-insert',
    text: `insert into contact_aliases as a (tenant_id, kind, scope, key, id, contact_id, value, source)
      select i.tenant, i.kind, i.scope, i.key, i.id, i.contact, i.value, i.source
      from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::text[], $8::text[])
        with ordinality i(tenant, kind, scope, key, id, contact, value, source, n) order by i.n
      on conflict (tenant_id, kind, scope, key) do update set source = a.source
      returning ${ALIAS_COLUMNS}`,
    values: [
      ...addressArrays(aliases),
      uuidArray(aliases.map((alias) => alias.id)),
      uuidArray(aliases.map((alias) => alias.contactId)),
      textArray(aliases.map((alias) => alias.value)),
      textArray(aliases.map((alias) => alias.source)),
    ],
  });
  return result.rows;
}

/** Hands aliases of this transaction to another contact. */
export function moveAliases(client: Queryable, aliases: AliasOwner[]): Promise<unknown> {
  return client.query({
    name: 'ingest.alias-move',
    text: `update contact_aliases a set contact_id = i.contact from unnest($1::text[], $2::uuid[], $3::uuid[]) i(tenant, id, contact)
      where a.tenant_id = i.tenant and a.id = i.id`,
    values: [
      textArray(aliases.map((alias) => alias.tenantId)),
      uuidArray(aliases.map((alias) => alias.id)),
      uuidArray(aliases.map((alias) => alias.contactId)),
    ],
  });
}

/** Locks contacts in id order and reads them: a merge cannot take them away until the transaction ends. */
export async function lockContacts(
  client: Queryable,
  contacts: { tenantId: string; id: string }[],
): Promise<ContactRow[]> {
  const result = await client.query<ContactRow>({
    name: 'ingest.contact-lock',
    text: `select ${contactColumns('c')} from unnest($1::text[], $2::uuid[]) i(tenant, id)
      join contacts c on c.tenant_id = i.tenant and c.id = i.id order by c.tenant_id, c.id for no key update of c`,
    values: [contacts.map((contact) => contact.tenantId), contacts.map((contact) => contact.id)],
  });
  return result.rows;
}

/** The attributes that change with events. */
export type ContactAttributesRow = Omit<ContactRow, 'mergedInto' | 'createdAt'>;

const ATTRIBUTE_ARRAYS = `$1::text[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[],
        $9::json[], $10::text[], $11::timestamptz[], $12::jsonb[], $13::timestamptz[]`;
const ATTRIBUTE_NAMES =
  'tenant, id, kind, name, name_at, push_name, phone, document, registrations, avatar_url, avatar_at, metadata, updated_at';
const REGISTRATIONS =
  'case when i.registrations is null then null else array(select json_array_elements_text(i.registrations)) end';

function attributeArrays(contacts: ContactAttributesRow[]): unknown[][] {
  return [
    contacts.map((row) => row.tenantId),
    contacts.map((row) => row.id),
    contacts.map((row) => row.kind),
    contacts.map((row) => row.name),
    contacts.map((row) => row.nameAt),
    contacts.map((row) => row.pushName),
    contacts.map((row) => row.phone),
    contacts.map((row) => row.document),
    contacts.map((row) => row.registrations && JSON.stringify(row.registrations)),
    contacts.map((row) => row.avatarUrl),
    contacts.map((row) => row.avatarAt),
    contacts.map((row) => JSON.stringify(row.metadata)),
    contacts.map((row) => row.updatedAt),
  ];
}

export function insertContacts(client: Queryable, contacts: ContactAttributesRow[]): Promise<unknown> {
  return client.query({
    name: 'ingest.contact-insert',
    text: `insert into contacts (tenant_id, id, kind, name, name_at, push_name, phone, document, registrations, avatar_url, avatar_at, metadata, created_at, updated_at)
      select i.tenant, i.id, i.kind, i.name, i.name_at, i.push_name, i.phone, i.document, ${REGISTRATIONS}, i.avatar_url, i.avatar_at, i.metadata, i.updated_at, i.updated_at
      from unnest(${ATTRIBUTE_ARRAYS}) i(${ATTRIBUTE_NAMES})`,
    values: attributeArrays(contacts),
  });
}

/** Writes the attributes of contacts locked by `lockContacts`. */
export function updateContacts(client: Queryable, contacts: ContactAttributesRow[]): Promise<unknown> {
  return client.query({
    name: 'ingest.contact-update',
    text: `update contacts c set name = i.name, name_at = i.name_at, push_name = i.push_name, phone = i.phone, document = i.document,
        registrations = ${REGISTRATIONS}, avatar_url = i.avatar_url, avatar_at = i.avatar_at, metadata = i.metadata, updated_at = i.updated_at
      from unnest(${ATTRIBUTE_ARRAYS}) i(${ATTRIBUTE_NAMES}) where c.tenant_id = i.tenant and c.id = i.id`,
    values: attributeArrays(contacts),
  });
}
