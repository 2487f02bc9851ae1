// Rows the naive peer finds or makes: contacts with their alias, open tickets.
import type { PoolClient } from 'pg';
import { v7 } from 'uuid';

/** A row, its columns by name. */
export type Row = Record<string, string>;

/** The contact behind a phone with its alias, made when it is new. */
export async function findOrMakeContact(
  client: PoolClient,
  tenantId: string,
  { phone, name, registrations }: { phone: string; name: string; registrations: string[] },
): Promise<Row> {
  const find = () =>
    client.query<Row>(
      `select c.id, c.name, c.phone, a.id as alias_id from contact_aliases a join contacts c on c.tenant_id = a.tenant_id and c.id = a.contact_id
       where a.tenant_id = $1 and a.kind = 'phone' and a.scope = '' and a.key = $2`,
      [tenantId, phone],
    );
  const known = (await find()).rows[0];
  if (known) return known;
  const contactId = v7();
  const made = await client.query(
    `insert into contact_aliases (tenant_id, id, kind, scope, key, value, contact_id, source) values ($1, $2, 'phone', '', $3, $3, $4, 'event')
     on conflict (tenant_id, kind, scope, key) do nothing`,
    [tenantId, v7(), phone, contactId],
  );
  if (made.rowCount === 1)
    await client.query(
      'insert into contacts (tenant_id, id, name, name_at, phone, registrations) values ($1, $2, $3, now(), $4, $5)',
      [tenantId, contactId, name, phone, registrations],
    );
  return only(await find());
}

/** The contact's open ticket, locked; opened when there is none. */
export async function lockOrOpenTicket(
  client: PoolClient,
  { tenantId, instanceId, contactId }: { tenantId: string; instanceId: string; contactId: string },
): Promise<Row> {
  const lock = () =>
    client.query<Row>(
      `select * from tickets where tenant_id = $1 and instance_id = $2 and chat = $3 and status in ('OPEN', 'PENDING', 'ASSIGNED') for update`,
      [tenantId, instanceId, contactId],
    );
  const open = (await lock()).rows[0];
  if (open) return open;
  await client.query(
    `insert into tickets (tenant_id, id, instance_id, chat, contact_id, status) values ($1, $2, $3, $4, $5, 'OPEN')
     on conflict (tenant_id, instance_id, chat) where status in ('OPEN', 'PENDING', 'ASSIGNED') do nothing`,
    [tenantId, v7(), instanceId, contactId, contactId],
  );
  return only(await lock());
}

/** The only row. Throws when there is none. */
export function only<T>({ rows }: { rows: T[] }): T {
  const [row] = rows;
  if (!row) throw new Error('a row that must be there is not');
  return row;
}
