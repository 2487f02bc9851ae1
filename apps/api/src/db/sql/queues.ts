// Statements of queues over REST.
import type { Queryable } from '../database.js';

/** A department. One of a tenant is the default. */
export interface QueueRow {
  id: string;
  name: string;
  isDefault: boolean;
  createdAt: Date;
}

const COLUMNS = 'id, name, is_default as "isDefault", created_at as "createdAt"';

/** All queues of the tenant, by name. */
export async function selectQueues(db: Queryable, tenantId: string): Promise<QueueRow[]> {
  const { rows } = await db.query<QueueRow>(
    `select ${COLUMNS} from queues where tenant_id = $1 order by lower(name), id`,
    [tenantId],
  );
  return rows;
}

/** One queue. */
export async function selectQueue(
  db: Queryable,
  { tenantId, id }: { tenantId: string; id: string },
): Promise<QueueRow | null> {
  const { rows } = await db.query<QueueRow>(`select ${COLUMNS} from queues where tenant_id = $1 and id = $2`, [
    tenantId,
    id,
  ]);
  return rows[0] ?? null;
}

/** Locks all queues of the tenant, so that one default can follow another. */
export async function lockQueues(client: Queryable, tenantId: string): Promise<QueueRow[]> {
  const { rows } = await client.query<QueueRow>(
    `select ${COLUMNS} from queues where tenant_id = $1 order by id for no key update`,
    [tenantId],
  );
  return rows;
}

/** Takes the default away from every queue of the tenant. */
export async function clearDefaultQueue(client: Queryable, tenantId: string): Promise<void> {
  await client.query('update queues set is_default = false where tenant_id = $1 and is_default', [tenantId]);
}

/** Makes a queue. A name that is taken breaks `queues_name`. */
export async function insertQueue(
  client: Queryable,
  queue: { tenantId: string; id: string; name: string; isDefault: boolean },
): Promise<QueueRow> {
  const { rows } = await client.query<QueueRow>(
    `insert into queues (tenant_id, id, name, is_default) values ($1, $2, $3, $4) returning ${COLUMNS}`,
    [queue.tenantId, queue.id, queue.name, queue.isDefault],
  );
  if (!rows[0]) throw new Error('an insert without a conflict clause returned nothing');
  return rows[0];
}

/** Writes a queue; null when there is none. */
export async function updateQueue(
  client: Queryable,
  queue: { tenantId: string; id: string; name: string; isDefault: boolean },
): Promise<QueueRow | null> {
  const { rows } = await client.query<QueueRow>(
    `update queues set name = $3, is_default = $4 where tenant_id = $1 and id = $2 returning ${COLUMNS}`,
    [queue.tenantId, queue.id, queue.name, queue.isDefault],
  );
  return rows[0] ?? null;
}
