// Schemas that only REST speaks: envelopes of lists, common parameters.
import { z } from 'zod';

export const InstantSchema = z.iso.datetime();

/** `:id` of everything we name ourselves. */
export const IdParamsSchema = z.object({ id: z.uuid() });

/** A list's page size: 50 unless told, at most 200. */
export const LimitSchema = z.coerce.number().int().min(1).max(200).default(50);

export const CursorSchema = z.string().min(1).max(512);

/** What a person may type to find something. */
export const SearchTextSchema = z.string().trim().min(1).max(200);

/** `true` or `false` in a query. */
export const FlagSchema = z.enum(['true', 'false']).transform((text) => text === 'true');

/** `{data, nextCursor, asOf}`; `asOf` is the log's cursor in the snapshot the list was read in. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    data: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'Where the next page begins; null at the end.' }),
    asOf: z.string().meta({ description: '`<epoch>:<seq>`: join with `since` set to it and nothing falls between.' }),
  });
}
