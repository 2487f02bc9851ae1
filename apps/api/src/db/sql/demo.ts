// The statements that seed an empty database.
import type { Queryable } from '../database.js';

/** Everything a tenant needs to take its first webhook. */
export interface SeedRow {
  tenantId: string;
  name: string;
  epoch: string;
  queue: { id: string; name: string };
  instances: { id: string; instanceId: string }[];
}

// A tenant whose id starts with an underscore is the service's own. A rival that inserts the same tenant waits here for
// our commit and then finds that it inserted nothing.
const INSERT_TENANT = `insert into tenants (id, name)
  select $1, $2 where not exists (select from tenants where id not like '\\_%')
  on conflict (id) do nothing`;

/** Whether the tenant has the instance. */
export async function selectHasInstance(
  db: Queryable,
  { tenantId, instanceId }: { tenantId: string; instanceId: string },
): Promise<boolean> {
  const { rowCount } = await db.query('select 1 from instances where tenant_id = $1 and instance_id = $2', [
    tenantId,
    instanceId,
  ]);
  return rowCount === 1;
}

/** Seeds when there is no tenant yet; call it in a transaction. */
export async function insertDemoTenant(client: Queryable, seed: SeedRow): Promise<void> {
  const { tenantId, queue } = seed;
  const tenant = await client.query(INSERT_TENANT, [tenantId, seed.name]);
  if (tenant.rowCount !== 1) return;
  await client.query('insert into streams (tenant_id, epoch) values ($1, $2)', [tenantId, seed.epoch]);
  await client.query('insert into queues (tenant_id, id, name, is_default) values ($1, $2, $3, true)', [
    tenantId,
    queue.id,
    queue.name,
  ]);
  for (const { id, instanceId } of seed.instances) {
    await client.query(
      `insert into instances (tenant_id, id, instance_id, broker, name) values ($1, $2, $3, 'canonical', $3)`,
      [tenantId, id, instanceId],
    );
  }
}
