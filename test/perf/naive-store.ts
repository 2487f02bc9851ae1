// The naive peer's transaction: the rows Recado writes for a message, one plain statement after the other.
import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { v7 } from 'uuid';
import { z } from 'zod';
import { findOrMakeContact, lockOrOpenTicket, only } from './naive-rows.js';
import type { Row } from './naive-rows.js';

/** Its own counter of the log: a row per tenant, locked by the update that advances it. */
export const NAIVE_SCHEMA = 'create table naive_logs (tenant_id text primary key, last_seq bigint not null default 0)';

/** What it reads of a canonical delivery. */
export const NaiveDeliverySchema = z.object({
  id: z.string(),
  instanceId: z.string(),
  timestamp: z.iso.datetime(),
  payload: z.object({
    contact: z.object({ phone: z.e164(), name: z.string(), registrations: z.array(z.string()) }),
    message: z.object({ conversation: z.string() }),
    metadata: z.object({ broker: z.string(), timestamp: z.number() }),
  }),
});
export type NaiveDelivery = z.infer<typeof NaiveDeliverySchema>;

/** Stores the delivery; gives the event to emit, or null when the message was stored before. Its tenants are named like their instances. */
export async function store(pool: Pool, delivery: NaiveDelivery, raw: Buffer): Promise<NaiveEvent | null> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const event = await write(client, delivery, raw);
    await client.query('commit');
    return event;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

async function write(client: PoolClient, delivery: NaiveDelivery, raw: Buffer): Promise<NaiveEvent | null> {
  const { id: externalId, instanceId, timestamp, payload } = delivery;
  const tenantId = instanceId;
  const traceId = v7();
  const deliveryId = v7();
  const sha256 = createHash('sha256').update(raw).digest();
  await client.query(
    `insert into deliveries (day, tenant_id, id, instance_id, transport, sha256, raw, item_count, trace_id, received_at)
     values (current_date, $1, $2, $3, 'webhook', $4, $5, 1, $6, now())`,
    [tenantId, deliveryId, instanceId, sha256, raw, traceId],
  );
  const contact = await findOrMakeContact(client, tenantId, payload.contact);
  const ticket = await lockOrOpenTicket(client, { tenantId, instanceId, contactId: contact['id'] ?? '' });
  const messageId = v7();
  const metadata = {
    broker: { messageId: externalId, instanceId, broker: payload.metadata.broker, timestamp, cursor: null },
    brokerMessageTimestamp: timestamp,
    normalizedTimestamp: timestamp,
    media: {},
    location: null,
    contacts: null,
    contact: payload.contact,
  };
  const content = payload.message.conversation;
  const inserted = await client.query(
    `insert into messages (tenant_id, id, ticket_id, instance_id, chat, direction, external_id, alias_id, type, content, status,
       broker_at, occurred_at, received_at, metadata, trace_id)
     values ($1, $2, $3, $4, $5, 'INBOUND', $6, $7, 'TEXT', $8, 'SENT', $9, $9, now(), $10, $11)
     on conflict (tenant_id, instance_id, external_id, chat, direction) do nothing`,
    [
      tenantId,
      messageId,
      ticket['id'],
      instanceId,
      contact['id'],
      externalId,
      contact['alias_id'],
      content,
      timestamp,
      metadata,
      traceId,
    ],
  );
  const isNew = inserted.rowCount === 1;
  await client.query(
    `insert into inbox_events (day, tenant_id, id, delivery_id, item_index, instance_id, kind, external_id, verdict, reason, message_id, contact_id)
     values (current_date, $1, $2, $3, 0, $4, 'message', $5, $6, $7, $8, $9)`,
    [
      tenantId,
      v7(),
      deliveryId,
      instanceId,
      externalId,
      isNew ? 'accepted' : 'duplicate',
      isNew ? 'ok' : 'duplicate',
      isNew ? messageId : null,
      contact['id'],
    ],
  );
  if (!isNew) return null;
  const counted = await client.query<Row>(
    `update tickets set in_count = in_count + 1, unread = unread + 1, first_in = least(first_in, $3), last_in = greatest(last_in, $3),
       last_message_at = greatest(last_message_at, $3), last_message_id = $4, preview = $5, updated_at = now()
     where tenant_id = $1 and id = $2 returning *`,
    [tenantId, ticket['id'], timestamp, messageId, content.slice(0, 100)],
  );
  const message = {
    id: messageId,
    ticketId: ticket['id'],
    instanceId,
    externalId,
    direction: 'INBOUND',
    type: 'TEXT',
    content,
    status: 'SENT',
    createdAt: timestamp,
    metadata,
  };
  return append(client, { tenantId, traceId, timestamp, message, ticket: counted.rows[0], contact });
}

/** What is logged and emitted. */
export type NaiveEvent = Awaited<ReturnType<typeof append>>;

async function append(
  client: PoolClient,
  fact: {
    tenantId: string;
    traceId: string;
    timestamp: string;
    message: { id: string };
    ticket: Row | undefined;
    contact: Row;
  },
) {
  const { tenantId, traceId, timestamp, message, ticket, contact } = fact;
  const counter = await client.query<{ last_seq: string }>(
    'update naive_logs set last_seq = last_seq + 1 where tenant_id = $1 returning last_seq',
    [tenantId],
  );
  const seq = Number(only(counter).last_seq);
  const eventId = v7();
  const event = {
    eventId,
    seq,
    tenantId,
    occurredAt: timestamp,
    traceId,
    ticketId: ticket?.['id'],
    messageId: message.id,
    message,
    ticket: { ...ticket, contact },
  };
  await client.query(
    `insert into events (tenant_id, seq, event_id, type, payload, contact_id, trace_id, occurred_at) values ($1, $2, $3, 'ticket.message', $4, $5, $6, $7)`,
    [tenantId, seq, eventId, event, contact['id'], traceId, timestamp],
  );
  return event;
}
