// Looks at what the service has: every message of every ticket, the log's position, and the audit of the ledger.
import { z } from 'zod';
import { createApiClient, type ApiClient } from '../api-client.js';
import type { World } from '../world.js';
import { hear, nothingHeard, type Heard } from './heard.js';
import {
  ShownContactSchema,
  ShownMessageSchema,
  storedMessage,
  type ShownContact,
  type StoredMessage,
} from './shown.js';

/** Items of one instance as the service's own audit counts them. */
export interface Audit {
  tenantId: string;
  instanceId: string;
  received: number;
  accepted: number;
  duplicate: number;
  ignored: number;
  rejected: number;
  parked: number;
  unexplained: number;
}

/** Everything that can be seen from outside. */
export interface Observation {
  stored: StoredMessage[];
  /** Each tenant's last cursor. */
  cursors: Map<string, string>;
  audits: Audit[];
}

const count = z.int();
const AuditSchema = z.object({
  data: z.array(
    z.object({
      tenantId: z.string(),
      instanceId: z.string(),
      received: count,
      accepted: count,
      duplicate: count,
      ignored: count,
      rejected: count,
      parked: count,
      unexplained: count,
    }),
  ),
});
const page = { nextCursor: z.string().nullable(), asOf: z.string() };
const TicketsSchema = z.object({ data: z.array(z.object({ id: z.string(), contact: ShownContactSchema })), ...page });
const MessagesSchema = z.object({ data: z.array(ShownMessageSchema), ...page });
const EventsSchema = z.object({
  data: z.array(z.object({ seq: z.int(), type: z.string(), payload: z.unknown() })),
  nextCursor: z.string(),
});
/** Before every ledger. */
const FIRST_DAY = '2020-01-01';
/** Threads read at the same time. */
const LANES = 4;

/** Where each tenant's log stands now. */
export async function readCursors(world: World): Promise<Map<string, string>> {
  const cursors = await Promise.all(
    world.places.map(async ({ tenantId, token }) => {
      const { asOf } = await createApiClient(world.url, token).get('/api/tickets?limit=1', TicketsSchema);
      return [tenantId, asOf] as const;
    }),
  );
  return new Map(cursors);
}

/** Reads everything through REST, page by page. */
export async function observe(world: World): Promise<Observation> {
  const stored: StoredMessage[] = [];
  const audits: Audit[] = [];
  const cursors = await readCursors(world);
  // A run may cross midnight, and be verified days later; what the tenants had before it is explained as well.
  const to = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  for (const { tenantId, token } of world.places) {
    const api = createApiClient(world.url, token);
    const tickets = await readTickets(api);
    const next = tickets.entries();
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        for (const [id, contact] of next) stored.push(...(await readThread(api, { tenantId, id, contact })));
      }),
    );
    audits.push(...(await api.get(`/api/ledger/audit?from=${FIRST_DAY}&to=${to}`, AuditSchema)).data);
  }
  return { stored, cursors, audits };
}

async function readTickets(api: ApiClient): Promise<Map<string, ShownContact>> {
  const tickets = new Map<string, ShownContact>();
  for (let cursor: string | null = ''; cursor !== null;) {
    const after = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const read: z.infer<typeof TicketsSchema> = await api.get(
      `/api/tickets?limit=200&sort=createdAt${after}`,
      TicketsSchema,
    );
    for (const { id, contact } of read.data) tickets.set(id, contact);
    cursor = read.nextCursor;
  }
  return tickets;
}

async function readThread(
  api: ApiClient,
  ticket: { tenantId: string; id: string; contact: ShownContact },
): Promise<StoredMessage[]> {
  const found: StoredMessage[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const before = cursor === '' ? '' : `&before=${encodeURIComponent(cursor)}`;
    const path = `/api/tickets/${ticket.id}/messages?limit=200${before}`;
    const read: z.infer<typeof MessagesSchema> = await api.get(path, MessagesSchema);
    found.push(...read.data.map((message) => storedMessage(ticket.tenantId, message, ticket.contact)));
    cursor = read.nextCursor;
  }
  return found;
}

/** What a screen would have heard since the world began, read from the log instead: for a run whose own screens are gone. */
export async function hearLog(world: World): Promise<Heard[]> {
  return Promise.all(
    world.places.map(async ({ tenantId, token, cursor: start }) => {
      const api = createApiClient(world.url, token);
      const heard = nothingHeard(tenantId, start);
      for (let cursor = start; ;) {
        const path = `/api/events?limit=500&since=${encodeURIComponent(cursor)}`;
        const { data, nextCursor } = await api.get(path, EventsSchema);
        for (const { type, payload } of data) hear(heard, type, payload);
        if (data.length === 0) return heard;
        cursor = nextCursor;
      }
    }),
  );
}
