// Contacts made and changed by a person.
import { isDeepStrictEqual } from 'node:util';
import { newId } from '../ids.js';
import type { Principal } from '../auth/tokens.js';
import type { Context } from '../context.js';
import { insertAlias, insertContact, lockContact, updateContact } from '../db/sql/contacts.js';
import type { ContactFields } from '../db/sql/contacts.js';
import type { ContactRow } from '../db/sql/rows.js';
import { RecadoError } from '../errors.js';
import { aliasKeys, pickPhone } from '../ingest/aliases.js';
import { contactEvent } from '../ingest/domain-payloads.js';
import { write } from './write.js';

interface By {
  principal: Principal;
  traceId: string;
}

const WRITABLE = ['name', 'document', 'registrations', 'avatarUrl', 'metadata'] as const;

/** Makes a contact with its phone as alias. Throws VALIDATION_FAILED for what is no phone, CONTACT_EXISTS. */
export async function createContact(
  ctx: Context,
  by: By & { body: Partial<ContactFields> & { phone: string } },
): Promise<ContactRow> {
  const { tenantId } = by.principal;
  const aliases = [{ kind: 'phone' as const, value: by.body.phone }];
  const phone = pickPhone(aliases);
  const [alias] = aliasKeys('', aliases);
  if (phone === null || !alias) {
    const details = [
      { path: 'phone', code: 'invalid_phone', message: 'Send an international number, such as +5511999999999.' },
    ];
    throw new RecadoError('VALIDATION_FAILED', { details });
  }
  return write(ctx, by, async (client) => {
    const id = newId();
    const at = new Date();
    if (!(await insertAlias(client, { ...alias, tenantId, id: newId(), contactId: id, source: 'rest' }))) {
      throw new RecadoError('CONTACT_EXISTS');
    }
    const { name = null, document = null, registrations = null, avatarUrl = null, metadata = {} } = by.body;
    const row = { tenantId, id, at, phone, name, document, registrations, avatarUrl, metadata };
    const contact = await insertContact(client, row);
    const changes: Partial<ContactRow> = { name, phone, document, registrations, avatarUrl };
    return {
      result: contact,
      audit: { action: 'contact.created', subject: id },
      events: [contactEvent({ tenantId, contact, changes, traceId: by.traceId, at })],
    };
  });
}

/** Changes a contact. Throws NOT_FOUND, CONFLICT for a merged one. */
export async function editContact(
  ctx: Context,
  by: By & { id: string; body: Partial<ContactFields> },
): Promise<ContactRow> {
  const { tenantId } = by.principal;
  return write(ctx, by, async (client) => {
    const row = await lockContact(client, { tenantId, id: by.id });
    if (!row) throw new RecadoError('NOT_FOUND');
    if (row.mergedInto !== null) {
      throw new RecadoError('CONFLICT', {
        message: `This contact was merged into ${row.mergedInto}. Change that one.`,
      });
    }
    const changed = WRITABLE.filter((key) => by.body[key] !== undefined && !isDeepStrictEqual(by.body[key], row[key]));
    if (changed.length === 0) return { result: row, audit: null };
    const at = new Date();
    const contact = await updateContact(client, { ...row, ...by.body, at });
    const changes: Partial<ContactRow> = Object.fromEntries(changed.map((key) => [key, contact[key]]));
    return {
      result: contact,
      audit: { action: 'contact.updated', subject: row.id, details: { changes: changed } },
      events: [contactEvent({ tenantId, contact, changes, traceId: by.traceId, at })],
    };
  });
}
