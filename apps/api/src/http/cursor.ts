// Opaque cursors of lists: where a page ended.
import { z } from 'zod';
import { RecadoError } from '../errors.js';
import { isStorable } from './storable.js';

const InstantSchema = z.iso.datetime().transform((text) => new Date(text));

/** A place in a list ordered by an instant and an id. */
export const PlaceSchema = z.tuple([InstantSchema, z.uuid()]);
/** The same where the instant may be missing. */
export const NullablePlaceSchema = z.tuple([InstantSchema.nullable(), z.uuid()]);
/** A place in a list ordered by id. */
export const IdPlaceSchema = z.tuple([z.uuid()]);
/** A place in a list ordered by a text. */
export const TextPlaceSchema = z.tuple([z.string().refine(isStorable)]);

/** Writes a place down. */
export function encodeCursor(parts: readonly (string | Date | null)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Reads what `encodeCursor` wrote. Throws CURSOR_INVALID for anything else. */
export function decodeCursor<T>(schema: z.ZodType<T>, cursor: string): T {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new RecadoError('CURSOR_INVALID', { cause });
  }
}

/** One row more than a page was asked for: the page, and the cursor of the next when there is one. */
export function cutPage<Row>(
  rows: Row[],
  limit: number,
  placeOf: (row: Row) => readonly (string | Date | null)[],
): { page: Row[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { page, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(placeOf(last)) : null };
}
