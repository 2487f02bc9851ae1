// Broker connections made, changed and removed by an admin. Secrets go in and never come out.
import type { BrokerKind } from '@recado/brokers';
import { newId } from '../ids.js';
import type { Principal } from '../auth/tokens.js';
import type { Context } from '../context.js';
import { deleteInstance, insertInstance, selectInstance, updateInstance } from '../db/sql/instances.js';
import type { InstanceFields, InstanceRow } from '../db/sql/instances.js';
import { RecadoError } from '../errors.js';
import { adoptUnrouted } from '../ingest/redrive.js';
import { openWebhook, sealInstanceSecret } from '../instance-secrets.js';
import type { InstanceCredentials, InstanceWebhook } from '../instance-secrets.js';
import { isUniqueViolation } from './unique-violation.js';
import { write } from './write.js';

interface By {
  principal: Principal;
  traceId: string;
  instanceId: string;
}

/** What a body may say of an instance; null takes a value away, what is left out stays. */
export interface InstanceBody {
  name?: string | null;
  baseUrl?: string | null;
  credentials?: InstanceCredentials | null;
  webhook?: InstanceWebhook | null;
  limits?: Record<string, unknown>;
  groupPolicy?: 'ignore' | 'accept';
}

/** Makes an instance. Throws INSTANCE_ID_TAKEN, whoever has it. */
export async function createInstance(
  ctx: Context,
  by: By & { broker: BrokerKind; body: InstanceBody },
): Promise<InstanceRow> {
  const { broker, instanceId, principal } = by;
  const blank = {
    name: null,
    baseUrl: null,
    credentials: null,
    webhook: null,
    limits: {},
    groupPolicy: 'ignore',
  } as const;
  const fields = applyBody(ctx, { tenantId: principal.tenantId, instanceId, ...blank }, by.body);
  assertCredentials(broker, by.body.credentials);
  try {
    const row = await write(ctx, by, async (client) => ({
      result: await insertInstance(client, { ...fields, id: newId(), broker }),
      audit: { action: 'instance.created', subject: instanceId, details: { broker } },
    }));
    await adopt(ctx, instanceId);
    return row;
  } catch (error) {
    if (isUniqueViolation(error, 'instances_instance_id_key')) throw new RecadoError('INSTANCE_ID_TAKEN');
    throw error;
  }
}

/** Changes an instance. Throws NOT_FOUND. */
export async function editInstance(ctx: Context, by: By & { body: InstanceBody }): Promise<InstanceRow> {
  const { instanceId, principal } = by;
  return write(ctx, by, async (client) => {
    const row = await selectInstance(client, { tenantId: principal.tenantId, instanceId, lock: true });
    if (!row) throw new RecadoError('NOT_FOUND');
    assertCredentials(row.broker, by.body.credentials);
    return {
      result: await updateInstance(client, applyBody(ctx, row, by.body)),
      audit: { action: 'instance.updated', subject: instanceId, details: { changes: Object.keys(by.body) } },
    };
  });
}

/** Removes an instance; its tickets and messages stay. Throws NOT_FOUND. */
export async function removeInstance(ctx: Context, by: By): Promise<void> {
  const { instanceId, principal } = by;
  await write(ctx, by, async (client) => {
    if (!(await deleteInstance(client, { tenantId: principal.tenantId, instanceId })))
      throw new RecadoError('NOT_FOUND');
    return { result: undefined, audit: { action: 'instance.deleted', subject: instanceId } };
  });
}

// What was posted for the instance before it was known (DESIGN 4.1). The instance stands, whatever becomes of that.
async function adopt(ctx: Context, instanceId: string): Promise<void> {
  try {
    await adoptUnrouted(ctx, instanceId);
  } catch (err) {
    ctx.log.warn({ err }, 'deliveries that waited for a new instance could not all be adopted: redrive them');
  }
}

function assertCredentials(broker: BrokerKind, credentials: InstanceCredentials | null | undefined): void {
  if (!credentials || (broker === 'cloud-api') === 'accessToken' in credentials) return;
  const message = 'cloud-api takes {accessToken}, every other broker {apiKey}.';
  throw new RecadoError('VALIDATION_FAILED', { details: [{ path: 'credentials', code: 'custom', message }] });
}

function applyBody(ctx: Context, row: InstanceFields, body: InstanceBody): InstanceFields {
  const { encryptionKey } = ctx.secrets;
  const { instanceId } = row;
  const { credentials, webhook, ...plain } = body;
  const fields = { ...row, ...plain };
  if (credentials !== undefined) {
    fields.credentials =
      credentials && sealInstanceSecret(encryptionKey, { instanceId, column: 'credentials', value: credentials });
  }
  if (webhook !== undefined) {
    const known = row.webhook && webhook ? openWebhook(encryptionKey, instanceId, row.webhook) : {};
    const value = { ...known, ...webhook };
    fields.webhook = webhook && sealInstanceSecret(encryptionKey, { instanceId, column: 'webhook', value });
  }
  return fields;
}
