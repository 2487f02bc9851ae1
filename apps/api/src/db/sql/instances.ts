// Statements of broker connections over REST.
import type { BrokerKind } from '@recado/brokers';
import type { Queryable } from '../database.js';

/** A broker connection. `credentials` and `webhook` are sealed (instance-secrets.ts). */
export interface InstanceRow {
  tenantId: string;
  id: string;
  instanceId: string;
  broker: BrokerKind;
  name: string | null;
  baseUrl: string | null;
  credentials: Buffer | null;
  webhook: Buffer | null;
  limits: Record<string, unknown>;
  groupPolicy: 'ignore' | 'accept';
  ownAddress: string | null;
  state: string;
  stateDetail: string | null;
  stateAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

const COLUMNS = `tenant_id as "tenantId", id, instance_id as "instanceId", broker, name, base_url as "baseUrl", credentials, webhook,
  limits, group_policy as "groupPolicy", own_address as "ownAddress", state, state_detail as "stateDetail", state_at as "stateAt",
  created_at as "createdAt", updated_at as "updatedAt"`;

/** All instances of the tenant, by instance id. */
export async function selectInstances(db: Queryable, tenantId: string): Promise<InstanceRow[]> {
  const { rows } = await db.query<InstanceRow>(
    `select ${COLUMNS} from instances where tenant_id = $1 order by instance_id`,
    [tenantId],
  );
  return rows;
}

/** One instance of the tenant; `lock` keeps it until the transaction ends. */
export async function selectInstance(
  db: Queryable,
  { tenantId, instanceId, lock = false }: { tenantId: string; instanceId: string; lock?: boolean },
): Promise<InstanceRow | null> {
  const { rows } = await db.query<InstanceRow>(
    `select ${COLUMNS} from instances where tenant_id = $1 and instance_id = $2 ${lock ? 'for no key update' : ''}`,
    [tenantId, instanceId],
  );
  return rows[0] ?? null;
}

/** What is written of an instance. */
export type InstanceFields = Pick<
  InstanceRow,
  'tenantId' | 'instanceId' | 'name' | 'baseUrl' | 'credentials' | 'webhook' | 'limits' | 'groupPolicy'
>;

/** Makes an instance. An instance id that is taken anywhere in the installation breaks `instances_instance_id_key`. */
export async function insertInstance(
  client: Queryable,
  row: InstanceFields & { id: string; broker: BrokerKind },
): Promise<InstanceRow> {
  const { rows } = await client.query<InstanceRow>(
    `insert into instances (tenant_id, instance_id, name, base_url, credentials, webhook, limits, group_policy, id, broker)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10) returning ${COLUMNS}`,
    [...fieldValues(row), row.id, row.broker],
  );
  if (!rows[0]) throw new Error('an insert without a conflict clause returned nothing');
  return rows[0];
}

/** Writes a locked instance. */
export async function updateInstance(client: Queryable, row: InstanceFields): Promise<InstanceRow> {
  const { rows } = await client.query<InstanceRow>(
    `update instances set name = $3, base_url = $4, credentials = $5, webhook = $6, limits = $7::jsonb, group_policy = $8,
       updated_at = now() where tenant_id = $1 and instance_id = $2 returning ${COLUMNS}`,
    fieldValues(row),
  );
  if (!rows[0]) throw new Error('a locked instance is gone');
  return rows[0];
}

/** Deletes an instance; what came through it stays. False when there is none. */
export async function deleteInstance(
  client: Queryable,
  { tenantId, instanceId }: { tenantId: string; instanceId: string },
): Promise<boolean> {
  const { rowCount } = await client.query('delete from instances where tenant_id = $1 and instance_id = $2', [
    tenantId,
    instanceId,
  ]);
  return rowCount === 1;
}

function fieldValues(row: InstanceFields): unknown[] {
  const { tenantId, instanceId, name, baseUrl, credentials, webhook, limits, groupPolicy } = row;
  return [tenantId, instanceId, name, baseUrl, credentials, webhook, JSON.stringify(limits), groupPolicy];
}
