// A tenant to merge contacts in, and a writer that stores messages the way ingest does.
import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../apps/api/dist/db/database.js';
import { migrate } from '../../apps/api/dist/db/migrate.js';
import { openDatabase } from '../../apps/api/dist/db/open.js';
import {
  insertAliases,
  insertContacts,
  lockContacts,
  probeAliases,
} from '../../apps/api/dist/db/sql/ingest-identity.js';
import { insertMessages } from '../../apps/api/dist/db/sql/ingest-messages.js';
import { insertTickets, lockOpenTickets, updateTickets } from '../../apps/api/dist/db/sql/ingest-tickets.js';
import type { ContactRow } from '../../apps/api/dist/db/sql/rows.js';
import { appendEvents } from '../../apps/api/dist/events/log.js';
import { aliasKeys, type AliasKey } from '../../apps/api/dist/ingest/aliases.js';
import { countMessage } from '../../apps/api/dist/ingest/timeline.js';
import { createTestDatabase } from '../support/postgres.js';

export const TENANT = 't1';

/** The database the suite runs on: PostgreSQL when TEST_DATABASE_URL is set, else the embedded one in memory. */
export async function openWorld(): Promise<Database & AsyncDisposable> {
  const server = process.env['TEST_DATABASE_URL'] ? await createTestDatabase() : null;
  const db = await openDatabase({ url: server?.url, poolSize: 8 });
  await migrate(db);
  for (const id of [TENANT, 't2']) {
    await db.pool.query('insert into tenants (id, name) values ($1, $1)', [id]);
    await db.pool.query('insert into streams (tenant_id, epoch) values ($1, $2)', [id, randomUUID()]);
  }
  const close = async () => {
    await db.close();
    await server?.[Symbol.asyncDispose]();
  };
  return Object.assign(db, { [Symbol.asyncDispose]: close });
}

/** A contact made at `at`, with its names: `lid` or digits of a jid, in instance i1 unless said otherwise. */
export async function makePerson(
  db: Database,
  person: Partial<ContactRow> & { names: AliasKey[]; at?: Date },
): Promise<{ id: string; aliasId: string }> {
  const { names, at = new Date(), ...attributes } = person;
  const id = attributes.id ?? uuidv7();
  const row: ContactRow = {
    tenantId: TENANT,
    id,
    kind: 'person',
    name: null,
    nameAt: null,
    pushName: null,
    phone: null,
    document: null,
    registrations: null,
    avatarUrl: null,
    avatarAt: null,
    metadata: {},
    mergedInto: null,
    createdAt: at,
    updatedAt: at,
    ...attributes,
  };
  const given = await insertAliases(
    db.pool,
    names.map((name) => ({ ...name, tenantId: TENANT, id: uuidv7(), contactId: id, source: 'test' })),
  );
  await insertContacts(db.pool, [row]);
  return { id, aliasId: given[0]?.id ?? '' };
}

export const lidOf = (digits: string, instanceId = 'i1') =>
  aliasKeys(instanceId, [{ kind: 'lid', value: `${digits}@lid` }]);
export const jidOf = (digits: string, instanceId = 'i1') =>
  aliasKeys(instanceId, [{ kind: 'jid', value: `${digits}@c.us` }]);

export interface Received {
  from: AliasKey[];
  externalId: string;
  at: string;
  direction?: 'INBOUND' | 'OUTBOUND';
  status?: string;
  text?: string;
  instanceId?: string;
  /** Chat remembered from earlier: skips the identity step, as ingest does. */
  remembered?: string | undefined;
  /** Called when everything but the log is locked and written. */
  beforeLog?: () => Promise<void>;
}

/** Stores one message with its ticket, ledger row and event in one transaction. Returns false for a duplicate. */
export async function receive(db: Database, message: Received): Promise<boolean> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const stored = await db.transaction((client) =>
      receiveOnce(client, attempt === 0 ? message : { ...message, remembered: undefined }),
    );
    if (stored !== null) return stored;
  }
  throw new Error('the contact kept being merged away');
}

type Client = Parameters<Parameters<Database['transaction']>[0]>[0];

async function receiveOnce(client: Client, message: Received): Promise<boolean | null> {
  const { instanceId = 'i1', direction = 'INBOUND', externalId, text = externalId } = message;
  const occurredAt = new Date(message.at);
  const owners = await probeAliases(
    client,
    message.from.map((key) => ({ ...key, tenantId: TENANT })),
  );
  const chat = message.remembered ?? owners[0]?.contactId ?? '';
  if (message.remembered === undefined) {
    const [contact] = await lockContacts(client, [{ tenantId: TENANT, id: chat }]);
    if (contact?.mergedInto !== null) return null;
    await insertTickets(client, [
      { tenantId: TENANT, instanceId, chat, id: uuidv7(), contactId: chat, isHistory: false, at: occurredAt },
    ]);
  }
  const [ticket] = await lockOpenTickets(client, [{ tenantId: TENANT, instanceId, chat }]);
  if (!ticket) return null;
  const id = uuidv7();
  const stored = await insertMessages(client, [
    {
      tenantId: TENANT,
      instanceId,
      chat,
      id,
      ticketId: null,
      direction,
      externalId,
      aliasId: owners[0]?.id ?? null,
      authorContactId: null,
      type: 'TEXT',
      content: text,
      caption: null,
      status: message.status ?? 'SENT',
      brokerAt: occurredAt,
      occurredAt,
      receivedAt: new Date(),
      placeholder: false,
      quotedExternalId: null,
      media: null,
      metadata: '{}',
      traceId: 'trace',
    },
  ]);
  const isNew = stored.size > 0;
  if (isNew) {
    countMessage(ticket, {
      id,
      direction,
      occurredAt,
      isLive: true,
      type: 'TEXT',
      content: text,
      caption: null,
      extra: {},
    });
    await updateTickets(client, [{ ...ticket, updatedAt: new Date() }]);
  }
  await client.query(
    `insert into inbox_events (day, tenant_id, id, delivery_id, item_index, instance_id, kind, external_id, verdict, reason, message_id)
      values (current_date, $1, $2, $2, 0, $3, 'message', $4, $5, $6, $7)`,
    [
      TENANT,
      uuidv7(),
      instanceId,
      externalId,
      isNew ? 'accepted' : 'duplicate',
      isNew ? 'ok' : 'duplicate',
      isNew ? id : null,
    ],
  );
  await message.beforeLog?.();
  const payload = { tenantId: TENANT };
  await appendEvents(client, [
    { tenantId: TENANT, type: 'ticket.message', payload, contactId: ticket.contactId, traceId: 'trace', occurredAt },
  ]);
  return isNew;
}

/** All rows of a table of the tenant, in id order, as plain JSON without the columns named. */
export async function rowsOf(db: Database, table: string, without: string[] = []): Promise<Record<string, unknown>[]> {
  const result = await db.pool.query<{ row: Record<string, unknown> }>(
    `select to_jsonb(t) - $2::text[] as row from ${table} t where tenant_id = $1 order by id`,
    [TENANT, without],
  );
  return result.rows.map(({ row }) => row);
}

/** Tickets whose timeline, preview or last message differs from a count of their messages. */
export async function wrongTickets(db: Database): Promise<string[]> {
  const result = await db.pool.query<{ id: string }>(
    `select t.id from tickets t
      cross join lateral (select min(occurred_at) filter (where direction = 'INBOUND') fi, max(occurred_at) filter (where direction = 'INBOUND') li,
          min(occurred_at) filter (where direction = 'OUTBOUND') fo, max(occurred_at) filter (where direction = 'OUTBOUND') lo,
          count(*) filter (where direction = 'INBOUND') ki, count(*) filter (where direction = 'OUTBOUND') ko, max(occurred_at) la
        from messages m where m.tenant_id = t.tenant_id and m.ticket_id = t.id) c
      left join messages l on l.tenant_id = t.tenant_id and l.id = t.last_message_id
      where t.tenant_id = $1 and (t.first_in, t.last_in, t.first_out, t.last_out, t.in_count, t.out_count, t.last_message_at, t.preview, t.id)
        is distinct from (c.fi, c.li, c.fo, c.lo, c.ki, c.ko, c.la, l.content, coalesce(l.ticket_id, t.id))`,
    [TENANT],
  );
  return result.rows.map((row) => row.id);
}

/** Whether the log's numbers run from 1 without a gap. */
export async function isLogWhole(db: Database): Promise<boolean> {
  const result = await db.pool.query<{ whole: boolean }>(
    'select coalesce(max(seq), 0) = count(*) as whole from events where tenant_id = $1',
    [TENANT],
  );
  return result.rows[0]?.whole ?? false;
}

/** One column of the messages, by broker id. */
export async function messageColumn(db: Database, column: string): Promise<Record<string, unknown>> {
  const rows = await rowsOf(db, 'messages');
  return Object.fromEntries(rows.map((row) => [String(row['external_id']), row[column]]));
}
