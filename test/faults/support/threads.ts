// What the threads of a tenant hold, read page by page: the rows, where the log only tells of them.
import { z } from 'zod';
import { tokenFor } from './fault-service.js';
import { inLanes } from './lanes.js';

/** A stored message: the broker's id and the text. */
export interface Row {
  id: string;
  content: string;
}

const LANES = 4;
const page = { nextCursor: z.string().nullable() };
const TicketsSchema = z.object({ data: z.array(z.object({ id: z.string() })), ...page });
const MessagesSchema = z.object({
  data: z.array(z.object({ externalId: z.string(), content: z.string().nullable() })),
  ...page,
});

/** Every message of every ticket, as often as it is shown. */
export async function readThreads(url: string, tenantId: string): Promise<Row[]> {
  const headers = { authorization: `Bearer ${await tokenFor({ tenantId, roles: ['admin'] })}` };
  async function readAll<T>(path: string, cursorName: string, schema: z.ZodType<Page<T>>): Promise<T[]> {
    const all: T[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const from = cursor === '' ? '' : `&${cursorName}=${encodeURIComponent(cursor)}`;
      const answer = await fetch(`${url}${path}limit=200${from}`, { headers });
      if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
      const { data, nextCursor } = schema.parse(await answer.json());
      all.push(...data);
      cursor = nextCursor;
    }
    return all;
  }
  // In the order they were made, so that none moves to another page while they are read.
  const tickets = await readAll('/api/tickets?sort=createdAt&', 'cursor', TicketsSchema);
  const ids = [...new Set(tickets.map(({ id }) => id))];
  const threads = await inLanes(ids, LANES, (id) => readAll(`/api/tickets/${id}/messages?`, 'before', MessagesSchema));
  return threads.flat().map(({ externalId, content }) => ({ id: externalId, content: content ?? '' }));
}

interface Page<T> {
  data: T[];
  nextCursor: string | null;
}
