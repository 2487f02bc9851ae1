// Statements of tenants over REST.
import type { Queryable } from '../database.js';

/** Makes a tenant. An id that is taken breaks `tenants_pkey`. */
export async function insertTenant(client: Queryable, { id, name }: { id: string; name: string }): Promise<Date> {
  const { rows } = await client.query<{ createdAt: Date }>(
    'insert into tenants (id, name) values ($1, $2) returning created_at as "createdAt"',
    [id, name],
  );
  if (!rows[0]) throw new Error('an insert without a conflict clause returned nothing');
  return rows[0].createdAt;
}

/** Opens a tenant's event log. */
export async function insertStream(
  client: Queryable,
  { tenantId, epoch }: { tenantId: string; epoch: string },
): Promise<void> {
  await client.query('insert into streams (tenant_id, epoch) values ($1, $2)', [tenantId, epoch]);
}
