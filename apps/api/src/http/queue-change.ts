// Queues made and changed by an admin; a default that appears takes in the tickets that had none (DESIGN 3).
import type pg from 'pg';
import { newId } from '../ids.js';
import type { Principal } from '../auth/tokens.js';
import type { Context } from '../context.js';
import { clearDefaultQueue, insertQueue, lockQueues, updateQueue } from '../db/sql/queues.js';
import type { QueueRow } from '../db/sql/queues.js';
import { lockTicketsWithoutQueue, updateTicketsQueue } from '../db/sql/tickets.js';
import { RecadoError } from '../errors.js';
import type { NewEvent } from '../events/log.js';
import { ticketUpdated } from './ticket-event.js';
import { isUniqueViolation } from './unique-violation.js';
import { write } from './write.js';

/** No transaction appends more events of a tenant (DESIGN 4.5). */
const PORTION = 200;

interface By {
  principal: Principal;
  traceId: string;
}

/** Makes a queue. Throws QUEUE_NAME_TAKEN. */
export async function createQueue(ctx: Context, by: By & { body: { name: string; isDefault: boolean } }) {
  const { tenantId } = by.principal;
  const queue = await namedOnce(
    write(ctx, by, async (client) => {
      await lockQueues(client, tenantId);
      if (by.body.isDefault) await clearDefaultQueue(client, tenantId);
      const row = await insertQueue(client, { tenantId, id: newId(), ...by.body });
      return { result: row, audit: { action: 'queue.created', subject: row.id, details: by.body } };
    }),
  );
  if (queue.isDefault) await fillQueue(ctx, by, queue.id);
  return queue;
}

/** Changes a queue. Throws NOT_FOUND, QUEUE_NAME_TAKEN. */
export async function editQueue(
  ctx: Context,
  by: By & { id: string; body: { name?: string; isDefault?: boolean } },
): Promise<QueueRow> {
  const { tenantId } = by.principal;
  const queue = await namedOnce(
    write(ctx, by, async (client) => {
      const row = (await lockQueues(client, tenantId)).find(({ id }) => id === by.id);
      if (!row) throw new RecadoError('NOT_FOUND');
      if (by.body.isDefault === true) await clearDefaultQueue(client, tenantId);
      const updated = await updateQueue(client, { ...row, tenantId, ...by.body });
      if (!updated) throw new Error('a locked queue is gone');
      return { result: updated, audit: { action: 'queue.updated', subject: row.id, details: { ...by.body } } };
    }),
  );
  if (queue.isDefault) await fillQueue(ctx, by, queue.id);
  return queue;
}

/** Puts every ticket without a queue into this one, a portion a transaction. Safe to repeat. */
async function fillQueue(ctx: Context, by: By, queueId: string): Promise<void> {
  for (;;) {
    const filled = await write(ctx, by, async (client) => {
      const events = await fillPortion(client, by, queueId);
      const audit = { action: 'queue.filled', subject: queueId, details: { tickets: events.length } };
      return { result: events.length, audit: events.length > 0 ? audit : null, events };
    });
    if (filled < PORTION) return;
  }
}

async function fillPortion(client: pg.PoolClient, by: By, queueId: string): Promise<NewEvent[]> {
  const { tenantId } = by.principal;
  const waiting = await lockTicketsWithoutQueue(client, { tenantId, limit: PORTION });
  if (waiting.length === 0) return [];
  const at = new Date();
  const ids = waiting.map(({ id }) => id);
  const updated = new Map(
    (await updateTicketsQueue(client, { tenantId, ids, queueId, at })).map((row) => [row.id, row]),
  );
  return waiting.map((row) =>
    ticketUpdated({ ...row, ...updated.get(row.id) }, { changes: ['queueId'], traceId: by.traceId, at }),
  );
}

async function namedOnce<T>(writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (error) {
    if (isUniqueViolation(error, 'queues_name')) throw new RecadoError('QUEUE_NAME_TAKEN', { cause: error });
    if (isUniqueViolation(error, 'queues_one_default')) throw new RecadoError('CONFLICT', { cause: error });
    throw error;
  }
}
