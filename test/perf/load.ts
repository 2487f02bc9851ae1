// What the bench and its loader process tell each other.
import { z } from 'zod';

/** One stretch of load. Times in seconds, `rate` in requests per second. */
export const LoadPlanSchema = z.object({
  /** The connections are spread evenly over these. */
  ports: z.array(z.int()).min(1),
  /** Where the screens connect. */
  screenPort: z.int(),
  secret: z.string(),
  /** Sets the ids of this stretch apart from every other. */
  run: z.string(),
  connections: z.int(),
  tenants: z.array(z.string()),
  contacts: z.int(),
  /** Ends after so many seconds, or after so many requests. */
  until: z.union([z.object({ seconds: z.number() }), z.object({ requests: z.int() })]),
  /** Open loop: requests start by the clock, answered or not. Null: each connection sends when it was answered. */
  rate: z.number().nullable(),
  /** Requests to make before the clock starts, so that signing them costs the measurement nothing. */
  prepare: z.int(),
  /** A token per tenant: a Socket.IO screen listens in each, and deliveries are timed until they are shown. */
  screens: z.array(z.object({ tenantId: z.string(), token: z.string() })),
  /** The server may be killed meanwhile: a connection that breaks ends its share of the load instead of the loader. */
  mayBreak: z.boolean(),
});
export type LoadPlan = z.infer<typeof LoadPlanSchema>;

// NaN, which is what no request at all gives, is null between processes.
const MsSchema = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);
const DelaySchema = z.object({ p50: MsSchema, p99: MsSchema });

/** Delays in ms, from the time a request was meant to begin: to the answer, and to the screen (null without screens). */
export const LoadResultSchema = z.object({
  acknowledged: z.int(),
  /** Requests that began, the first of the run's ids. */
  begun: z.int(),
  /** Ids of those that were answered with something else than 2xx, or never. */
  unacknowledged: z.array(z.string()),
  /** Answers other than 2xx, by status. */
  refused: z.record(z.string(), z.int()),
  seconds: z.number(),
  answer: DelaySchema,
  screen: DelaySchema.extend({ missing: z.int() }).nullable(),
  /** How late the loader itself began its requests, which is part of both delays; null in a closed loop. */
  lag: DelaySchema.nullable(),
});
export type LoadResult = z.infer<typeof LoadResultSchema>;
