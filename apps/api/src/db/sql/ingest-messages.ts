// Statements of ingest that touch messages. Inserts decide what is new; updates happen under the tenant's log lock only.
import type { Alias } from '@recado/contracts';
import { boolArray, byteaArray, jsonArray, textArray, timestamptzArray, uuidArray } from '../binary-arrays.js';
import type { Queryable } from '../database.js';
import { messageColumns } from './columns.js';
import { OPEN_TICKET_OF_G, type ChatAddress } from './ingest-tickets.js';
import type { MessageRow } from './rows.js';

/** A message to store, as far as it is known before its ticket is. `ticketId` is set when it is not the chat's open ticket. */
export interface NewMessage extends ChatAddress {
  id: string;
  ticketId: string | null;
  direction: 'INBOUND' | 'OUTBOUND';
  externalId: string;
  aliasId: string | null;
  authorContactId: string | null;
  type: string;
  content: string | null;
  caption: string | null;
  status: string;
  brokerAt: Date | null;
  occurredAt: Date;
  receivedAt: Date;
  placeholder: boolean;
  quotedExternalId: string | null;
  media: string | null;
  metadata: string;
  traceId: string;
}

/** Stores messages in the order handed in (sorted by key). Dedupe is this insert: an id that does not come back is stored already, or its chat has no open ticket. */
export async function insertMessages(client: Queryable, messages: NewMessage[]): Promise<Map<string, string>> {
  const result = await client.query<{ id: string; ticketId: string }>({
    name: 'ingest.message-insert',
    text: `insert into messages (tenant_id, ticket_id, instance_id, chat, id, direction, external_id, alias_id, author_contact_id, type, content, caption,
        status, sent_at, broker_at, occurred_at, received_at, placeholder, quoted_external_id, media, metadata, trace_id)
      select i.tenant, coalesce(i.ticket, t.id), i.instance, i.chat, i.id, i.direction, i.ext, i.alias, i.author, i.type, i.content, i.caption,
        i.status, case when i.direction = 'OUTBOUND' then i.occurred_at end, i.broker_at, i.occurred_at, i.received_at, i.placeholder, i.quoted, i.media, i.metadata, i.trace
      from unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::uuid[], $9::uuid[], $10::text[], $11::text[], $12::text[], $13::text[],
        $14::timestamptz[], $15::timestamptz[], $16::timestamptz[], $17::bool[], $18::text[], $19::json[], $20::json[], $21::text[])
        with ordinality i(tenant, instance, chat, id, ticket, direction, ext, alias, author, type, content, caption, status, broker_at, occurred_at, received_at, placeholder, quoted, media, metadata, trace, n)
      left join lateral (select i.tenant, i.instance, i.chat) g on i.ticket is null
      left join lateral (select o.id ${OPEN_TICKET_OF_G}) t on true
      where coalesce(i.ticket, t.id) is not null order by i.n
      on conflict (tenant_id, instance_id, external_id, chat, direction) do nothing
      returning id, ticket_id as "ticketId"`,
    values: [
      textArray(messages.map((row) => row.tenantId)),
      textArray(messages.map((row) => row.instanceId)),
      textArray(messages.map((row) => row.chat)),
      uuidArray(messages.map((row) => row.id)),
      uuidArray(messages.map((row) => row.ticketId)),
      textArray(messages.map((row) => row.direction)),
      textArray(messages.map((row) => row.externalId)),
      uuidArray(messages.map((row) => row.aliasId)),
      uuidArray(messages.map((row) => row.authorContactId)),
      textArray(messages.map((row) => row.type)),
      textArray(messages.map((row) => row.content)),
      textArray(messages.map((row) => row.caption)),
      textArray(messages.map((row) => row.status)),
      timestamptzArray(messages.map((row) => row.brokerAt)),
      timestamptzArray(messages.map((row) => row.occurredAt)),
      timestamptzArray(messages.map((row) => row.receivedAt)),
      boolArray(messages.map((row) => row.placeholder)),
      textArray(messages.map((row) => row.quotedExternalId)),
      jsonArray(messages.map((row) => row.media)),
      jsonArray(messages.map((row) => row.metadata)),
      textArray(messages.map((row) => row.traceId)),
    ],
  });
  return new Map(result.rows.map((row) => [row.id, row.ticketId]));
}

/** A message's key within its tenant and instance, without its chat. */
export interface MessageAddress {
  tenantId: string;
  instanceId: string;
  externalId: string;
}

function addressArrays(addresses: MessageAddress[]): Buffer[] {
  return [
    textArray(addresses.map((address) => address.tenantId)),
    textArray(addresses.map((address) => address.instanceId)),
    textArray(addresses.map((address) => address.externalId)),
  ];
}

/** Which of the messages are stored already, by their place in the list. Decides nothing but whether a ticket may be opened. */
export async function storedMessages(
  client: Queryable,
  messages: (MessageAddress & { chat: string; direction: string })[],
): Promise<Set<number>> {
  const result = await client.query<{ n: number }>({
    name: 'ingest.message-stored',
    text: `select (i.n - 1)::int as n from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) with ordinality i(tenant, instance, ext, chat, direction, n)
      join messages m on m.tenant_id = i.tenant and m.instance_id = i.instance and m.external_id = i.ext and m.chat = i.chat and m.direction = i.direction`,
    values: [
      ...addressArrays(messages),
      textArray(messages.map((row) => row.chat)),
      textArray(messages.map((row) => row.direction)),
    ],
  });
  return new Set(result.rows.map((row) => row.n));
}

/** Every message that goes by one of the ids, in whatever chat and direction. */
export async function messagesByExternalId(client: Queryable, addresses: MessageAddress[]): Promise<MessageRow[]> {
  const result = await client.query<MessageRow>({
    name: 'ingest.message-by-external-id',
    text: `select ${messageColumns('m')} from (select distinct * from unnest($1::text[], $2::text[], $3::text[]) u(tenant, instance, ext)) i
      join messages m on m.tenant_id = i.tenant and m.instance_id = i.instance and m.external_id = i.ext`,
    values: addressArrays(addresses),
  });
  return result.rows;
}

/** The tickets whose last line is one of these messages, whatever their status. */
export async function ticketsShowing(
  client: Queryable,
  addresses: MessageAddress[],
): Promise<{ tenantId: string; id: string }[]> {
  const result = await client.query<{ tenantId: string; id: string }>({
    name: 'ingest.message-shown',
    text: `select distinct t.tenant_id as "tenantId", t.id from unnest($1::text[], $2::text[], $3::text[]) i(tenant, instance, ext)
      join messages m on m.tenant_id = i.tenant and m.instance_id = i.instance and m.external_id = i.ext
      join tickets t on t.tenant_id = m.tenant_id and t.id = m.ticket_id and t.last_message_id = m.id`,
    values: addressArrays(addresses),
  });
  return result.rows;
}

/** Those among the ids that are stored as undecryptable stand-ins. */
export async function placeholdersAmong(client: Queryable, addresses: MessageAddress[]): Promise<MessageRow[]> {
  const result = await client.query<MessageRow>({
    name: 'ingest.message-placeholder',
    text: `select ${messageColumns('m')} from (select distinct * from unnest($1::text[], $2::text[], $3::text[]) u(tenant, instance, ext)) i
      join messages m on m.tenant_id = i.tenant and m.instance_id = i.instance and m.external_id = i.ext and m.placeholder`,
    values: addressArrays(addresses),
  });
  return result.rows;
}

/** A message's namesake: its place in the list asked for, the chat it is in and the name it came under. */
export interface OtherName {
  n: number;
  chat: string;
  alias: (Alias & { scope: string; key: string }) | null;
}

/** The same id, direction and time stored under another person's chat: the two names are one (DESIGN 3). */
export async function messagesUnderOtherNames(
  client: Queryable,
  messages: (MessageAddress & { chat: string; direction: string; brokerAt: Date | null })[],
): Promise<OtherName[]> {
  const result = await client.query<OtherName>({
    name: 'ingest.message-other-name',
    text: `select (i.n - 1)::int as n, m.chat,
        case when a.id is not null then json_build_object('kind', a.kind, 'scope', a.scope, 'key', a.key, 'value', a.value) end as alias
      from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) with ordinality i(tenant, instance, ext, chat, direction, at, n)
      join messages m on m.tenant_id = i.tenant and m.instance_id = i.instance and m.external_id = i.ext
        and m.direction = i.direction and m.chat <> i.chat and m.broker_at = i.at
      left join contact_aliases a on a.tenant_id = m.tenant_id and a.id = m.alias_id`,
    values: [
      ...addressArrays(messages),
      textArray(messages.map((row) => row.chat)),
      textArray(messages.map((row) => row.direction)),
      timestamptzArray(messages.map((row) => row.brokerAt)),
    ],
  });
  return result.rows;
}

/** Writes what changes did to messages. The tenant's log lock must be held: nothing else updates message rows. */
export function updateMessages(client: Queryable, messages: MessageRow[]): Promise<unknown> {
  return client.query({
    name: 'ingest.message-update',
    text: `update messages m set type = i.type, content = i.content, caption = i.caption, status = i.status, pending_at = i.pending_at, sent_at = i.sent_at,
        delivered_at = i.delivered_at, read_at = i.read_at, played_at = i.played_at, failed_at = i.failed_at, failure = i.failure, placeholder = i.placeholder,
        quoted_external_id = i.quoted, reactions = i.reactions, edited_at = i.edited_at, edit_action_id = i.edit_action, revoked_at = i.revoked_at,
        media = i.media, metadata = i.metadata
      from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[],
        $11::timestamptz[], $12::timestamptz[], $13::text[], $14::bool[], $15::text[], $16::json[], $17::timestamptz[], $18::text[], $19::timestamptz[], $20::json[], $21::json[])
        i(tenant, id, type, content, caption, status, pending_at, sent_at, delivered_at, read_at, played_at, failed_at, failure, placeholder, quoted, reactions,
          edited_at, edit_action, revoked_at, media, metadata)
      where m.tenant_id = i.tenant and m.id = i.id`,
    values: [
      textArray(messages.map((row) => row.tenantId)),
      uuidArray(messages.map((row) => row.id)),
      textArray(messages.map((row) => row.type)),
      textArray(messages.map((row) => row.content)),
      textArray(messages.map((row) => row.caption)),
      textArray(messages.map((row) => row.status)),
      timestamptzArray(messages.map((row) => row.pendingAt)),
      timestamptzArray(messages.map((row) => row.sentAt)),
      timestamptzArray(messages.map((row) => row.deliveredAt)),
      timestamptzArray(messages.map((row) => row.readAt)),
      timestamptzArray(messages.map((row) => row.playedAt)),
      timestamptzArray(messages.map((row) => row.failedAt)),
      textArray(messages.map((row) => row.failure)),
      boolArray(messages.map((row) => row.placeholder)),
      textArray(messages.map((row) => row.quotedExternalId)),
      jsonArray(messages.map((row) => JSON.stringify(row.reactions))),
      timestamptzArray(messages.map((row) => row.editedAt)),
      textArray(messages.map((row) => row.editActionId)),
      timestamptzArray(messages.map((row) => row.revokedAt)),
      jsonArray(messages.map((row) => row.media && JSON.stringify(row.media))),
      jsonArray(messages.map((row) => JSON.stringify(row.metadata))),
    ],
  });
}

/** Keys and hashes of a message's media, encrypted, for the media lane. */
export interface MediaJobRow {
  tenantId: string;
  id: string;
  messageId: string;
  source: Buffer;
}

export function insertMediaJobs(client: Queryable, jobs: MediaJobRow[]): Promise<unknown> {
  return client.query({
    name: 'ingest.media-job',
    text: `insert into media_jobs (tenant_id, id, message_id, source) select * from unnest($1::text[], $2::uuid[], $3::uuid[], $4::bytea[])
      on conflict (tenant_id, message_id) do nothing`,
    values: [
      textArray(jobs.map((job) => job.tenantId)),
      uuidArray(jobs.map((job) => job.id)),
      uuidArray(jobs.map((job) => job.messageId)),
      byteaArray(jobs.map((job) => job.source)),
    ],
  });
}
