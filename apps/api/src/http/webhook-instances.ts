// What the webhook door knows of instances: read from the database, kept for a second.
import { z } from 'zod';
import type { Context } from '../context.js';
import { findInstance, type InstanceAtDoor } from '../db/sql/ingest-instances.js';
import type { Destination } from '../ingest/receive.js';
import { openWebhook } from '../instance-secrets.js';
import type { WebhookCredentials } from './webhook-credentials.js';

/** An instance as a door sees it. */
export interface DoorInstance extends Destination {
  broker: string;
  /** Null when it has no credential of its own: the installation's key opens it. */
  credentials: WebhookCredentials | null;
  verifyToken: string | null;
  maxBodyBytes: number | null;
}

const LimitsSchema = z.looseObject({ maxBodyBytes: z.int().positive().max(33_554_432).nullish().catch(null) });

const KEPT_MS = 1_000;
const CAPACITY = 10_000;

/** A reader of instances. What does not exist is never remembered: an instance works from the moment it is created. */
export function createInstanceReader(
  ctx: Pick<Context, 'db' | 'secrets'>,
): (instanceId: string) => Promise<DoorInstance | null> {
  const kept = new Map<string, { at: number; instance: DoorInstance }>();
  return async (instanceId) => {
    const now = performance.now();
    const known = kept.get(instanceId);
    if (known && now - known.at < KEPT_MS) return known.instance;
    kept.delete(instanceId);
    const row = await findInstance(ctx.db.pool, instanceId);
    if (!row) return null;
    const instance = toDoor(row, ctx.secrets.encryptionKey);
    if (kept.size >= CAPACITY) kept.clear();
    kept.set(instanceId, { at: now, instance });
    return instance;
  };
}

function toDoor(row: InstanceAtDoor, key: Uint8Array): DoorInstance {
  const secrets = row.webhook ? openWebhook(key, row.instanceId, row.webhook) : {};
  const credentials = { apiKey: secrets.apiKey ?? null, hmacSecrets: secrets.hmacSecrets ?? [] };
  const hasOwn = credentials.apiKey !== null || credentials.hmacSecrets.length > 0;
  return {
    tenantId: row.tenantId,
    instanceId: row.instanceId,
    groupPolicy: row.groupPolicy,
    broker: row.broker,
    credentials: hasOwn ? credentials : null,
    verifyToken: secrets.verifyToken ?? null,
    maxBodyBytes: LimitsSchema.parse(row.limits).maxBodyBytes ?? null,
  };
}
