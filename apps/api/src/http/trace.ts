// "Where is my message?": its deliveries, verdicts, states with their times, and events of the log.
import { MessageSchema } from '@recado/contracts';
import { z } from 'zod';
import type { Database } from '../db/database.js';
import type { MessageRow } from '../db/sql/rows.js';
import { selectTracedEvents, selectTracedItems, selectTracedMessages } from '../db/sql/trace.js';
import type { TracedItemRow } from '../db/sql/trace.js';
import { RecadoError } from '../errors.js';
import { presentMessage } from '../events/present.js';
import { InstantSchema } from './schemas.js';
import { inSnapshot } from './snapshot.js';
import { isStorable } from './storable.js';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

export const TraceSchema = z.object({
  deliveries: z.array(
    z.object({
      id: z.uuid(),
      instanceId: z.string(),
      transport: z.string(),
      sha256: z.string(),
      itemCount: z.int(),
      traceId: z.string(),
      receivedAt: InstantSchema,
    }),
  ),
  ledger: z.array(
    z.object({
      deliveryId: z.uuid(),
      itemIndex: z.int(),
      kind: z.string(),
      externalId: z.string().nullable(),
      verdict: z.string(),
      reason: z.string(),
      messageId: z.uuid().nullable(),
    }),
  ),
  messages: z.array(
    z.object({
      message: MessageSchema,
      statuses: z.array(z.object({ status: z.string(), at: InstantSchema, reason: z.string().optional() })),
    }),
  ),
  events: z.array(z.object({ seq: z.int(), type: z.string(), traceId: z.string(), occurredAt: InstantSchema })),
});
export type Trace = z.infer<typeof TraceSchema>;

/** Finds everything under an id of the tenant, in one snapshot. Throws NOT_FOUND when there is nothing. */
export async function traceMessage(db: Database, { tenantId, id }: { tenantId: string; id: string }): Promise<Trace> {
  if (!isStorable(id)) throw new RecadoError('NOT_FOUND');
  return inSnapshot(db, async (client) => {
    const messages = await selectTracedMessages(client, { tenantId, id, uuid: UUID.test(id) ? id : null });
    const keys = {
      tenantId,
      messageIds: messages.map((row) => row.id),
      externalIds: [id, ...messages.map((row) => row.externalId)],
      traceIds: [id],
    };
    const items = await selectTracedItems(client, keys);
    const events = await selectTracedEvents(client, keys);
    if (messages.length === 0 && items.length === 0 && events.length === 0) throw new RecadoError('NOT_FOUND');
    return {
      deliveries: deliveriesOf(items),
      ledger: items.map(ledgerRowOf),
      messages: messages.map((row) => ({ message: presentMessage(row), statuses: statusesOf(row) })),
      events: events.map((row) => ({ ...row, occurredAt: row.occurredAt.toISOString() })),
    };
  });
}

function ledgerRowOf(item: TracedItemRow): Trace['ledger'][number] {
  const { deliveryId, itemIndex, kind, externalId, verdict, reason, messageId } = item;
  return { deliveryId, itemIndex, kind, externalId, verdict, reason, messageId };
}

function deliveriesOf(items: TracedItemRow[]): Trace['deliveries'] {
  const byId = new Map(
    items.map(({ deliveryId: id, instanceId, transport, sha256, itemCount, traceId, receivedAt }) => [
      id,
      { id, instanceId, transport, sha256, itemCount, traceId, receivedAt: receivedAt.toISOString() },
    ]),
  );
  return [...byId.values()];
}

function statusesOf(row: MessageRow): Trace['messages'][number]['statuses'] {
  const times: [string, Date | null][] = [
    ['PENDING', row.pendingAt],
    ['SENT', row.sentAt],
    ['DELIVERED', row.deliveredAt],
    ['READ', row.readAt],
    ['PLAYED', row.playedAt],
    ['FAILED', row.failedAt],
  ];
  const known = times.flatMap(([status, at]) => (at ? [{ status, at: at.toISOString() }] : []));
  // An inbound message has the state it came with, and no time of its own for it.
  if (known.length === 0) return [{ status: row.status, at: row.occurredAt.toISOString() }];
  return known
    .map((state) => (state.status === 'FAILED' && row.failure !== null ? { ...state, reason: row.failure } : state))
    .toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}
