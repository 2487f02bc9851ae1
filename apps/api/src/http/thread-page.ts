// One page of a thread: from the newest, before, after or around a place.
import type { Queryable } from '../db/database.js';
import { selectMessagePlace, selectMessagesAfter, selectMessagesBefore } from '../db/sql/messages.js';
import type { MessagePlace } from '../db/sql/messages.js';
import type { MessageRow } from '../db/sql/rows.js';
import { RecadoError } from '../errors.js';
import { PlaceSchema, decodeCursor, encodeCursor } from './cursor.js';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

interface ThreadQuery {
  tenantId: string;
  ticketId: string;
  limit: number;
  before?: string;
  after?: string;
  /** A cursor or a message id. */
  around?: string;
}

/** Newest first. `nextCursor` leads to older messages, `prevCursor` to newer ones; null where nothing is known to be. */
interface ThreadPage {
  rows: MessageRow[];
  nextCursor: string | null;
  prevCursor: string | null;
}

/** Reads a page. Throws CURSOR_INVALID, and NOT_FOUND when `around` names a message the ticket does not have. */
export async function readThread(client: Queryable, query: ThreadQuery): Promise<ThreadPage> {
  if (query.after !== undefined) return readAfter(client, query, placeOf(query.after));
  if (query.around !== undefined) return readAround(client, query, await findPlace(client, query, query.around));
  return readBefore(client, query, query.before === undefined ? null : placeOf(query.before));
}

async function readBefore(client: Queryable, query: ThreadQuery, before: MessagePlace | null): Promise<ThreadPage> {
  const rows = await selectMessagesBefore(client, { ...query, before, limit: query.limit + 1 });
  return page({ rows: rows.slice(0, query.limit), hasOlder: rows.length > query.limit, hasNewer: before !== null });
}

async function readAfter(client: Queryable, query: ThreadQuery, after: MessagePlace): Promise<ThreadPage> {
  const found = await selectMessagesAfter(client, { ...query, after, inclusive: false, limit: query.limit + 1 });
  const rows = found.slice(0, query.limit).toReversed();
  return page({ rows, hasOlder: true, hasNewer: found.length > query.limit });
}

async function readAround(client: Queryable, query: ThreadQuery, place: MessagePlace): Promise<ThreadPage> {
  const newerLimit = Math.ceil(query.limit / 2);
  const olderLimit = query.limit - newerLimit;
  const newer = await selectMessagesAfter(client, { ...query, after: place, inclusive: true, limit: newerLimit + 1 });
  const older = await selectMessagesBefore(client, { ...query, before: place, limit: olderLimit + 1 });
  const rows = [...newer.slice(0, newerLimit).toReversed(), ...older.slice(0, olderLimit)];
  return page({ rows, hasOlder: older.length > olderLimit, hasNewer: newer.length > newerLimit });
}

function page({ rows, hasOlder, hasNewer }: { rows: MessageRow[]; hasOlder: boolean; hasNewer: boolean }): ThreadPage {
  const newest = rows[0];
  const oldest = rows.at(-1);
  return {
    rows,
    nextCursor: hasOlder && oldest ? encodeCursor([oldest.occurredAt, oldest.id]) : null,
    prevCursor: hasNewer && newest ? encodeCursor([newest.occurredAt, newest.id]) : null,
  };
}

async function findPlace(client: Queryable, query: ThreadQuery, around: string): Promise<MessagePlace> {
  if (!UUID.test(around)) return placeOf(around);
  const place = await selectMessagePlace(client, { ...query, id: around });
  if (!place) throw new RecadoError('NOT_FOUND');
  return place;
}

function placeOf(cursor: string): MessagePlace {
  const [at, id] = decodeCursor(PlaceSchema, cursor);
  return { at, id };
}
