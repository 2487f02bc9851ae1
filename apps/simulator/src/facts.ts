// What one item of a delivery says, in the words of the oracle: this is what the ledger keeps of it.
import { z } from 'zod';

/** The states of a message as Recado's contract names them. */
export const STATUSES = ['PENDING', 'UNKNOWN', 'SENT', 'FAILED', 'DELIVERED', 'READ', 'PLAYED'] as const;
export const StatusSchema = z.enum(STATUSES);
export type Status = z.infer<typeof StatusSchema>;

const DirectionSchema = z.enum(['INBOUND', 'OUTBOUND']);
export type Direction = z.infer<typeof DirectionSchema>;

/** `id` and `direction` are the message's own, or those of the message that is changed. */
const message = { id: z.string(), direction: DirectionSchema };

/** One item. `hash` is that of the content shown once the item has been applied; `at` is in epoch milliseconds. */
export const FactSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('message'),
    ...message,
    hash: z.string(),
    /** The conversation: a phone (+5511…), a LID where nobody has told a phone, or a group's jid. */
    chat: z.string(),
    /** The person's name, unique among all tenants; null for a group. */
    name: z.string().nullable(),
    /** When it was said; null when the service had reason not to believe it. */
    at: z.number().nullable(),
  }),
  z.object({ kind: z.literal('status'), ...message, status: StatusSchema }),
  z.object({ kind: z.literal('edit'), ...message, hash: z.string(), at: z.number() }),
  z.object({ kind: z.literal('revoke'), ...message }),
  z.object({
    kind: z.literal('reaction'),
    ...message,
    /** Whose it is: ours, or the customer's. */
    by: z.enum(['me', 'them']),
    /** '' takes it back. */
    emoji: z.string(),
    at: z.number(),
  }),
  z.object({ kind: z.literal('poison') }),
]);
export type Fact = z.infer<typeof FactSchema>;
/** An item that means a message. */
export type MessageFact = Exclude<Fact, { kind: 'poison' }>;
