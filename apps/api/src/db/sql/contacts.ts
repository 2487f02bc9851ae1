// Statements of contacts over REST.
import type { Queryable } from '../database.js';
import { contactColumns } from './columns.js';
import type { ContactRow } from './rows.js';
import { likePattern } from './tickets.js';

/** A page of living contacts, newest first. */
export async function selectContacts(
  db: Queryable,
  { tenantId, q, before, limit }: { tenantId: string; q: string | null; before: string | null; limit: number },
): Promise<ContactRow[]> {
  const { rows } = await db.query<ContactRow>(
    `select ${contactColumns('c')} from contacts c where c.tenant_id = $1 and c.merged_into is null
       and ($2::text is null or c.name ilike $2 or c.push_name ilike $2 or c.phone ilike $2 or c.document ilike $2)
       and ($3::uuid is null or c.id < $3) order by c.id desc limit $4`,
    [tenantId, q === null ? null : likePattern(q), before, limit],
  );
  return rows;
}

/** One contact; a merged one too, which tells `mergedInto`. */
export async function selectContact(
  db: Queryable,
  { tenantId, id }: { tenantId: string; id: string },
): Promise<ContactRow | null> {
  const { rows } = await db.query<ContactRow>(
    `select ${contactColumns('c')} from contacts c where c.tenant_id = $1 and c.id = $2`,
    [tenantId, id],
  );
  return rows[0] ?? null;
}

/** Locks one contact until the transaction ends. */
export async function lockContact(
  client: Queryable,
  { tenantId, id }: { tenantId: string; id: string },
): Promise<ContactRow | null> {
  const { rows } = await client.query<ContactRow>(
    `select ${contactColumns('c')} from contacts c where c.tenant_id = $1 and c.id = $2 for no key update`,
    [tenantId, id],
  );
  return rows[0] ?? null;
}

/** What a person may write of a contact. */
export type ContactFields = Pick<ContactRow, 'name' | 'document' | 'registrations' | 'avatarUrl' | 'metadata'>;

/** Makes a contact. */
export async function insertContact(
  client: Queryable,
  contact: ContactFields & { tenantId: string; id: string; phone: string | null; at: Date },
): Promise<ContactRow> {
  const { rows } = await client.query<ContactRow>(
    `insert into contacts as c (tenant_id, id, name, name_at, phone, document, registrations, avatar_url, avatar_at, metadata, created_at, updated_at)
     values ($1, $2, $3, $9, $4, $5, $6, $7, $9, $8::jsonb, $9, $9) returning ${contactColumns('c')}`,
    [
      contact.tenantId,
      contact.id,
      contact.name,
      contact.phone,
      contact.document,
      contact.registrations,
      contact.avatarUrl,
      JSON.stringify(contact.metadata),
      contact.at,
    ],
  );
  if (!rows[0]) throw new Error('an insert without a conflict clause returned nothing');
  return rows[0];
}

/** A name a contact goes by (`contact_aliases`). */
export interface AliasRow {
  tenantId: string;
  id: string;
  kind: string;
  scope: string;
  key: string;
  value: string;
  contactId: string;
  source: string;
}

/** Gives a contact an alias; false when somebody has it already. */
export async function insertAlias(client: Queryable, row: AliasRow): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into contact_aliases (tenant_id, id, kind, scope, key, value, contact_id, source)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (tenant_id, kind, scope, key) do nothing`,
    [row.tenantId, row.id, row.kind, row.scope, row.key, row.value, row.contactId, row.source],
  );
  return rowCount === 1;
}

/** Writes a locked contact. Name and avatar set here count as news of `at`. */
export async function updateContact(
  client: Queryable,
  contact: ContactFields & { tenantId: string; id: string; at: Date },
): Promise<ContactRow> {
  const { rows } = await client.query<ContactRow>(
    `update contacts c set name = $3, name_at = case when c.name is distinct from $3 then $8::timestamptz else c.name_at end,
       document = $4, registrations = $5, avatar_url = $6,
       avatar_at = case when c.avatar_url is distinct from $6 then $8::timestamptz else c.avatar_at end,
       metadata = $7::jsonb, updated_at = greatest($8::timestamptz, c.updated_at + interval '1 millisecond')
     where c.tenant_id = $1 and c.id = $2 returning ${contactColumns('c')}`,
    [
      contact.tenantId,
      contact.id,
      contact.name,
      contact.document,
      contact.registrations,
      contact.avatarUrl,
      JSON.stringify(contact.metadata),
      contact.at,
    ],
  );
  if (!rows[0]) throw new Error('a locked contact is gone');
  return rows[0];
}
