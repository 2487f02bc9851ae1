// The booted service with hands for webhooks: deliveries in every form, and what they left in tables, log and REST.
import type { InstanceWebhook } from '../../apps/api/dist/instance-secrets.js';
import type { Config } from '../../apps/api/dist/config.js';
import type { ContextOverrides } from '../../apps/api/dist/create-context.js';
import type { Message, Ticket } from '@recado/contracts';
import { bootService } from '../support/boot.js';
import type { Answer } from '../support/boot.js';

export type WebhookRig = Awaited<ReturnType<typeof bootWebhooks>>;
type Json = Record<string, unknown>;

const NOW = Date.now();
let count = 0;

/** A name that no other test of the file uses. */
export function unique(prefix: string): string {
  return `${prefix}-${(count += 1)}`;
}

/** A Brazilian mobile that no other test of the file uses. */
export function uniquePhone(): string {
  return `+55119${String(60_000_000 + (count += 1))}`;
}

/** An ISO instant `minutes` ago. */
export function ago(minutes: number): string {
  return new Date(NOW - minutes * 60_000).toISOString();
}

/** Seconds since 1970, `minutes` ago. */
export function secondsAgo(minutes: number): number {
  return Math.floor((NOW - minutes * 60_000) / 1000);
}

interface Parts {
  id?: string;
  phone?: string;
  text?: string;
  at?: unknown;
  type?: string;
  instanceId?: string;
  contact?: Json;
  message?: Json;
  metadata?: Json;
}

/** An envelope of the contract; an inbound text of instance `demo` from now unless told otherwise. */
export function envelope(parts: Parts = {}) {
  const { id = unique('wamid'), phone = uniquePhone(), text = 'Oi!', at = ago(0) } = parts;
  const { type = 'MESSAGE_INBOUND', instanceId = 'demo', contact, message, metadata } = parts;
  return {
    id,
    type,
    instanceId,
    timestamp: at,
    payload: {
      contact: { phone, ...contact },
      message: message ?? { conversation: text },
      metadata: { broker: 'baileys', ...metadata },
    },
  };
}

/** `messages.update`, as the gateways of clients.md wrap it. */
export function update(key: Json, change: Json, instanceId = 'demo') {
  return { event: 'WHATSAPP_MESSAGES_UPDATE', instanceId, payload: { raw: { updates: [{ key, update: change }] } } };
}

/** `messages.upsert` of one raw WAMessage. */
export function upsert(message: Json, { type = 'notify', instanceId = 'demo' } = {}) {
  return { event: 'WHATSAPP_MESSAGES_UPSERT', instanceId, payload: { raw: { type, messages: [message] } } };
}

/** `phone` as the user address of WhatsApp. */
export function jidOf(phone: string): string {
  return `${phone.replace(/\D/g, '')}@s.whatsapp.net`;
}

/** Counts of a 202, without `accepted`. */
export function countsOf(answer: Answer): Json {
  if (answer.status !== 202) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
  const { accepted: _accepted, ...counts } = answer.body as Json;
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0));
}

/** Boots for one file; close it after. Failed credentials are counted per `X-Forwarded-For`. */
export async function bootWebhooks(overrides: Partial<Config> = {}, parts: ContextOverrides = {}) {
  const rig = await bootService({ trustProxy: true, ...overrides }, parts);
  const { ctx } = rig;
  const agent = rig.api(await rig.token());
  const admin = rig.api(await rig.token({ sub: 'admin-1', roles: ['admin'] }));

  async function rows<Row extends Json = Json>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await ctx.db.pool.query<Row>(text, values)).rows;
  }
  async function post(body: unknown, headers: Record<string, string> = {}): Promise<Json> {
    return countsOf(await rig.webhook(body, { headers }));
  }
  async function createInstance(webhook: InstanceWebhook | null = null, more: Json = {}): Promise<string> {
    const instanceId = unique('loja');
    const { status } = await admin('/api/whatsapp/instances', {
      method: 'POST',
      json: { instanceId, broker: 'canonical', ...(webhook && { webhook }), ...more },
    });
    if (status !== 201) throw new Error(`the instance was answered with ${status}`);
    return instanceId;
  }
  /** Tickets of the chat a message is in, oldest first, as REST shows them. */
  async function ticketsOf(externalId: string): Promise<Ticket[]> {
    const found = await rows<{ id: string }>(
      `select distinct t.id, t.created_at from tickets t join messages m on m.tenant_id = t.tenant_id and m.chat = t.chat
        and m.instance_id = t.instance_id where m.external_id = $1 and t.merged_into is null order by t.created_at, t.id`,
      [externalId],
    );
    return Promise.all(found.map(async ({ id }) => (await agent(`/api/tickets/${id}`)).body as Ticket));
  }
  /** The one ticket that holds the message. */
  async function ticketOf(externalId: string): Promise<Ticket> {
    const [row, ...more] = await rows('select ticket_id from messages where external_id = $1', [externalId]);
    if (!row || more.length > 0) throw new Error(`${more.length + (row ? 1 : 0)} messages go by ${externalId}`);
    return (await agent(`/api/tickets/${String(row['ticket_id'])}`)).body as Ticket;
  }
  /** Messages that go by the id, as REST shows them. */
  async function messagesOf(externalId: string): Promise<Message[]> {
    const found = await rows<{ ticket_id: string }>('select distinct ticket_id from messages where external_id = $1', [
      externalId,
    ]);
    const threads = await Promise.all(
      found.map(async ({ ticket_id }) => (await agent(`/api/tickets/${ticket_id}/messages?limit=200`)).body),
    );
    return threads
      .flatMap((body) => (body as { data: Message[] }).data)
      .filter((message) => message.externalId === externalId);
  }
  async function messageOf(externalId: string): Promise<Message> {
    const [message, ...more] = await messagesOf(externalId);
    if (!message || more.length > 0) throw new Error(`${more.length} more messages go by ${externalId}`);
    return message;
  }
  async function head(tenantId = 'demo'): Promise<number> {
    const [row] = await rows<{ head: number }>(
      'select coalesce(max(seq), 0)::int as head from events where tenant_id = $1',
      [tenantId],
    );
    return row?.head ?? 0;
  }
  /** What the log gained while `work` ran. */
  async function eventsDuring(work: () => Promise<unknown>): Promise<{ type: string; payload: Json }[]> {
    const before = await head();
    await work();
    return rows(`select type, payload from events where tenant_id = 'demo' and seq > $1 order by seq`, [before]);
  }
  /** Ledger rows of the id, oldest first. */
  async function ledgerOf(externalId: string): Promise<Json[]> {
    return rows('select tenant_id, kind, verdict, reason from inbox_events where external_id = $1 order by id', [
      externalId,
    ]);
  }
  /** A counter's value by its labels as they are printed. */
  async function metric(line: string): Promise<number> {
    const text = await (await fetch(`${rig.url}/metrics`)).text();
    const found = text.split('\n').find((one) => one.startsWith(`${line} `));
    return found ? Number(found.split(' ').at(-1)) : 0;
  }

  return {
    ...rig,
    rows,
    post,
    createInstance,
    ticketsOf,
    ticketOf,
    messagesOf,
    messageOf,
    eventsDuring,
    ledgerOf,
    metric,
    agent,
    admin,
  };
}
