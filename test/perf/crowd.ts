// What the bench and the process with its many clients tell each other.
import { z } from 'zod';

/** A step: connect, take bursts, or hang up. */
export const CrowdPlanSchema = z.discriminatedUnion('step', [
  /** Tokens are dealt out in turn; null connects plain WebSockets. */
  z.object({ step: z.literal('open'), port: z.int(), sockets: z.int(), tokens: z.array(z.string()).min(1).nullable() }),
  z.object({
    step: z.literal('bursts'),
    /** Bursts one after the other, each of so many events. */
    times: z.int(),
    events: z.int(),
    /** How a burst is set off: a webhook that is stored and shown, or a word to the bare server. */
    by: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('webhook'), secret: z.string(), tenant: z.string(), run: z.string() }),
      z.object({ kind: z.literal('word') }),
    ]),
  }),
  z.object({ step: z.literal('close') }),
]);
export type CrowdPlan = z.infer<typeof CrowdPlanSchema>;
export type BurstsPlan = Extract<CrowdPlan, { step: 'bursts' }>;

/** What came of the bursts; zeros after the other steps. */
export const CrowdResultSchema = z.object({
  deliveries: z.int(),
  /** Deliveries a second, from the first client's first byte to the last client's last; the median of the bursts. */
  perSecond: z.number(),
  /** Deliveries that are missing, doubled or out of order. */
  wrong: z.int(),
  /** Mean payload of a frame. */
  frameBytes: z.number(),
  /** CPU of the clients per delivery in µs. */
  clientMicros: z.number(),
});
export type CrowdResult = z.infer<typeof CrowdResultSchema>;
