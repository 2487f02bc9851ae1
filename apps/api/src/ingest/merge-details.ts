// What a merge leaves behind so that it can be undone: the JSON of `contact_merges.details`.
import { TicketStatusSchema } from '@recado/contracts';
import { z } from 'zod';

const instant = z.iso.datetime().nullable();

export const MergeDetailsSchema = z.object({
  /** Aliases that went from the loser to the winner. */
  aliases: z.array(z.uuid()),
  /** The tickets that changed hands or were closed, as they were. */
  tickets: z.array(
    z.object({
      id: z.uuid(),
      contactId: z.uuid(),
      chat: z.string(),
      status: TicketStatusSchema,
      resolvedAt: instant,
      closedAt: instant,
      /** The ticket this one was closed into by the merge. */
      closedInto: z.uuid().nullable(),
    }),
  ),
  /** Messages by the ticket they were in. */
  messages: z.record(z.uuid(), z.array(z.uuid())),
  /** Copies that were deleted: the whole row, whether it was unread, and the ledger rows that spoke of it. */
  copies: z.array(
    z.object({
      row: z.record(z.string(), z.unknown()),
      isUnread: z.boolean(),
      ledger: z.array(z.object({ day: z.iso.date(), id: z.uuid(), verdict: z.string(), reason: z.string() })),
    }),
  ),
  /** Attributes of the loser that filled gaps of the winner, by their names in the contract. */
  filled: z.array(z.string()),
});

/** Everything undoing a merge needs, as stored. Instants are ISO UTC. */
export type MergeDetails = z.infer<typeof MergeDetailsSchema>;
