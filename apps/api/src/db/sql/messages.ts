// Statements of messages over REST.
import type { Queryable } from '../database.js';
import { messageColumns } from './columns.js';
import type { MessageRow } from './rows.js';
import { likePattern } from './tickets.js';

/** A place in a thread: time and id of a message. */
export interface MessagePlace {
  at: Date;
  id: string;
}

interface ThreadPage {
  tenantId: string;
  ticketId: string;
  limit: number;
}

/** The newest messages of a ticket before a place (or at all), newest first. */
export async function selectMessagesBefore(
  db: Queryable,
  { tenantId, ticketId, before, limit }: ThreadPage & { before: MessagePlace | null },
): Promise<MessageRow[]> {
  const { rows } = await db.query<MessageRow>(
    `select ${messageColumns('m')} from messages m where m.tenant_id = $1 and m.ticket_id = $2
       and ($3::timestamptz is null or (m.occurred_at, m.id) < ($3, $4::uuid))
     order by m.occurred_at desc, m.id desc limit $5`,
    [tenantId, ticketId, before?.at ?? null, before?.id ?? null, limit],
  );
  return rows;
}

/** The oldest messages of a ticket after a place, or from it on; oldest first. */
export async function selectMessagesAfter(
  db: Queryable,
  { tenantId, ticketId, after, inclusive, limit }: ThreadPage & { after: MessagePlace; inclusive: boolean },
): Promise<MessageRow[]> {
  const { rows } = await db.query<MessageRow>(
    `select ${messageColumns('m')} from messages m where m.tenant_id = $1 and m.ticket_id = $2
       and (m.occurred_at, m.id) ${inclusive ? '>=' : '>'} ($3::timestamptz, $4::uuid)
     order by m.occurred_at, m.id limit $5`,
    [tenantId, ticketId, after.at, after.id, limit],
  );
  return rows;
}

/** Where a message stands in its ticket's thread; null when the ticket has no such message. */
export async function selectMessagePlace(
  db: Queryable,
  { tenantId, ticketId, id }: { tenantId: string; ticketId: string; id: string },
): Promise<MessagePlace | null> {
  const { rows } = await db.query<MessagePlace>(
    'select occurred_at as at, id from messages where tenant_id = $1 and ticket_id = $2 and id = $3',
    [tenantId, ticketId, id],
  );
  return rows[0] ?? null;
}

/** How many inbound messages came after a place. */
export async function countInboundAfter(
  db: Queryable,
  { tenantId, ticketId, place }: { tenantId: string; ticketId: string; place: MessagePlace },
): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    `select count(*)::int as n from messages m where m.tenant_id = $1 and m.ticket_id = $2 and m.direction = 'INBOUND'
       and (m.occurred_at, m.id) > ($3::timestamptz, $4::uuid)`,
    [tenantId, ticketId, place.at, place.id],
  );
  return rows[0]?.n ?? 0;
}

/** Messages whose text holds the words, newest first; revoked ones are not found. */
export async function searchMessages(
  db: Queryable,
  { tenantId, q, before, limit }: { tenantId: string; q: string; before: MessagePlace | null; limit: number },
): Promise<MessageRow[]> {
  const { rows } = await db.query<MessageRow>(
    `select ${messageColumns('m')} from messages m
      where m.tenant_id = $1 and (m.content ilike $2 or m.caption ilike $2) and m.revoked_at is null
        and ($3::timestamptz is null or (m.occurred_at, m.id) < ($3, $4::uuid))
      order by m.occurred_at desc, m.id desc limit $5`,
    [tenantId, likePattern(q), before?.at ?? null, before?.id ?? null, limit],
  );
  return rows;
}
