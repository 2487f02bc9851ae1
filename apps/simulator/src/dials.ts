// The dials of a run: how much traffic, of what kind, and how badly behaved. Shares are from 0 to 1.
import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Milliseconds that pass in the conversations from one message to the next. */
export const STEP_MS = 250;

const share = z.number().min(0).max(1);

/** Every dial with its default: 200 webhooks/s for 15 s, 3 tenants, 300 chats, 10 % replays. */
export const DialsSchema = z.strictObject({
  /** Same seed and dials: the same traffic; only its times follow `startsAt`, and the names of its tenants. */
  seed: z.string().min(1).max(64).default('recado'),
  /** Deliveries in all. */
  events: z.int().min(1).max(10_000_000).default(3_000),
  /** Deliveries a second, begun by the clock whatever the answers take. */
  rate: z.number().positive().max(100_000).default(200),
  /** Most deliveries in flight. */
  concurrency: z.int().min(1).max(10_000).default(64),
  tenants: z.int().min(1).max(200).default(3),
  /** Conversations of all tenants together. */
  chats: z.int().min(1).max(1_000_000).default(300),
  /** Of all items, how many are told again: in the same delivery, in a later one, or as the same delivery at once. */
  duplicates: share.max(0.9).default(0.1),
  /** Of all items, how many are held back by up to `reorderBy` deliveries. */
  reorder: share.default(0.05),
  reorderBy: z.int().min(1).max(10_000).default(50),
  /** Of the statuses, how many come long after their successors. */
  lateStatuses: share.default(0.1),
  /** Of the texts and pictures, how many are edited, once to three times. */
  edits: share.default(0.04),
  revokes: share.default(0.02),
  reactions: share.default(0.08),
  /** Of the messages, how many carry media. */
  media: share.default(0.3),
  /** Of the chats, how many are groups. */
  groups: share.default(0.05),
  /** Of the deliveries, how many bring a malformed item among good ones. */
  poison: share.default(0.01),
  /** Of the messages, how many are told as a phone's history of days ago. */
  history: share.default(0.01),
  /** Messages of a delivery, on average. */
  batch: z.number().min(1).max(100).default(1.3),
  /** Every so many seconds `burst` deliveries fall due at once; 0: never. */
  burstEvery: z.number().min(0).max(3_600).default(5),
  burst: z.int().min(0).max(100_000).default(50),
  /** The first conversation's time, ISO UTC. */
  startsAt: z.iso.datetime(),
});
export type Dials = z.infer<typeof DialsSchema>;

/** Dials with what is left out filled in: conversations that end about `now`. Throws ZodError. */
export function readDials(given: Partial<z.input<typeof DialsSchema>>, now: Date): Dials {
  const { startsAt } = given;
  const dials = DialsSchema.parse({ ...given, startsAt: startsAt ?? now.toISOString() });
  if (startsAt !== undefined) return dials;
  // Whole seconds, because that is how brokers tell the time; a minute of room so that nothing lies in the future.
  const ms = now.getTime() - dials.events * dials.batch * 1.5 * STEP_MS - 60_000;
  return { ...dials, startsAt: new Date(Math.floor(ms / 1_000) * 1_000).toISOString() };
}

/** The name of the world that the dials make: its tenants begin with it, so that two runs at different times never meet in one. */
export function worldName(dials: Dials): string {
  return shortHash(dials);
}

/** What the traffic is drawn from: ids, contents and kinds, whenever it starts. */
export function trafficName({ startsAt: _startsAt, ...dials }: Dials): string {
  return shortHash(dials);
}

function shortHash(dials: Partial<Dials>): string {
  return createHash('sha256').update(JSON.stringify(dials)).digest('hex').slice(0, 8);
}
