// What the webhook door knows of instances: read from the database, kept for a second.
import { z } from 'zod';
import type { Context } from '../context.js';
import { findInstance, type InstanceAtDoor } from '../db/sql/ingest-instances.js';
import { RecadoError } from '../errors.js';
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
/**
 * For all questions of a request together, from its arrival: each may be in time for itself, and all of them too late for a broker, who is
 * answered within 3 s. What is left after this is enough for a batch to show itself slow (a second) and be given up.
 */
const KNOWN_WITHIN_MS = 1_500;

/** Finds instances for one request. Throws UNAVAILABLE when that takes too long. */
export type FindInstance = (instanceId: string) => Promise<DoorInstance | null>;

/**
 * A reader of instances, begun anew for each request. What does not exist is never remembered: an instance works from the moment it is created.
 * Requests for one instance share a question under way: with a database that does not answer they would fill the pool
 * and wait for it one after the other.
 */
export function createInstanceReader(ctx: Pick<Context, 'db' | 'secrets'>): () => FindInstance {
  const kept = new Map<string, { at: number; instance: DoorInstance }>();
  const asked = new Map<string, Promise<DoorInstance | null>>();

  async function ask(instanceId: string): Promise<DoorInstance | null> {
    const at = performance.now();
    const row = await findInstance(ctx.db.pool, instanceId);
    if (!row) return null;
    const instance = toDoor(row, ctx.secrets.encryptionKey);
    if (kept.size >= CAPACITY) kept.clear();
    kept.set(instanceId, { at, instance });
    return instance;
  }

  async function find(instanceId: string): Promise<DoorInstance | null> {
    // Nothing found is no answer for whoever asked later: it may have been created meanwhile.
    const found = await asked.get(instanceId);
    if (found) return found;
    const answer = ask(instanceId).finally(() => {
      if (asked.get(instanceId) === answer) asked.delete(instanceId);
    });
    asked.set(instanceId, answer);
    return answer;
  }

  return () => {
    const by = performance.now() + KNOWN_WITHIN_MS;
    return async (instanceId) => {
      const now = performance.now();
      const known = kept.get(instanceId);
      if (known && now - known.at < KEPT_MS) return known.instance;
      kept.delete(instanceId);
      return inTime(find(instanceId), by - now);
    };
  };
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RecadoError('UNAVAILABLE', { retryAfterSeconds: 1 })), Math.max(0, ms));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
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
