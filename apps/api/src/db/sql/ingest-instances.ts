// Statements of ingest about instances: their reported state, and the guard of the missing queue.
import { textArray, timestamptzArray } from '../binary-arrays.js';
import type { Queryable } from '../database.js';

/** A state the broker reported. */
export interface InstanceState {
  tenantId: string;
  instanceId: string;
  state: string;
  detail: string | null;
  at: Date;
}

/** Writes states that are newer and different; returns the instances that changed. */
export async function updateInstanceStates(client: Queryable, states: InstanceState[]): Promise<Set<string>> {
  const result = await client.query<{ instanceId: string }>({
    name: 'ingest.instance-state',
    text: `update instances s set state = i.state, state_detail = i.detail, state_at = i.at
      from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) i(tenant, instance, state, detail, at)
      where s.tenant_id = i.tenant and s.instance_id = i.instance and s.state <> i.state and (s.state_at is null or s.state_at <= i.at)
      returning s.instance_id as "instanceId"`,
    values: [
      textArray(states.map((row) => row.tenantId)),
      textArray(states.map((row) => row.instanceId)),
      textArray(states.map((row) => row.state)),
      textArray(states.map((row) => row.detail)),
      timestamptzArray(states.map((row) => row.at)),
    ],
  });
  return new Set(result.rows.map((row) => row.instanceId));
}

/** Claims the right to say that the queue is missing: at most once a minute per instance, in the whole cluster. */
export async function claimQueueMissing(
  client: Queryable,
  instances: { tenantId: string; instanceId: string }[],
  now: Date,
): Promise<Set<string>> {
  const result = await client.query<{ instanceId: string }>({
    name: 'ingest.queue-missing',
    text: `update instances s set queue_missing_at = $3 from unnest($1::text[], $2::text[]) i(tenant, instance)
      where s.tenant_id = i.tenant and s.instance_id = i.instance and (s.queue_missing_at is null or s.queue_missing_at <= $3::timestamptz - interval '1 minute')
      returning s.instance_id as "instanceId"`,
    values: [instances.map((row) => row.tenantId), instances.map((row) => row.instanceId), now],
  });
  return new Set(result.rows.map((row) => row.instanceId));
}

/** What a door must know of an instance. `webhook` is sealed. */
export interface InstanceAtDoor {
  tenantId: string;
  instanceId: string;
  broker: string;
  groupPolicy: 'ignore' | 'accept';
  webhook: Buffer | null;
  limits: Record<string, unknown>;
}

/** An instance by its id, which is unique in the installation. */
export async function findInstance(client: Queryable, instanceId: string): Promise<InstanceAtDoor | null> {
  const result = await client.query<InstanceAtDoor>({
    name: 'ingest.instance-find',
    text: `select tenant_id as "tenantId", instance_id as "instanceId", broker, group_policy as "groupPolicy", webhook, limits
      from instances where instance_id = $1`,
    values: [instanceId],
  });
  return result.rows[0] ?? null;
}
