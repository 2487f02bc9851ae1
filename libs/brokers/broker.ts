// The port every broker folder implements: one raw delivery in, canonical events out. Pure: no clock, no I/O, no environment.
import type { CanonicalEvent, PayloadType, Reason } from '@recado/contracts';

/** The broker products Recado speaks to; one folder and one registry line each. */
export const BROKER_KINDS = ['canonical', 'evolution', 'waha', 'cloud-api'] as const;
export type BrokerKind = (typeof BROKER_KINDS)[number];

/** What the door knows besides the body. */
export interface DeliveryHints {
  /** Instance named by the path or the credential; the body's own name must agree with it. */
  instanceId?: string;
  /** Event named by the path suffix (`/messages-upsert`). */
  event?: string;
}

interface ItemBase {
  /** Instance the item names; null when neither the item nor the door names one. */
  instanceId: string | null;
  /** The part of the body this item came from, as parsed; kept so that it can be read again later. */
  raw: unknown;
}
/** One item of a delivery, with its event or the reason why there is none. */
export type DeliveryItem =
  | (ItemBase & { event: CanonicalEvent })
  | (ItemBase & {
      verdict: 'ignored' | 'rejected';
      reason: Reason;
      payloadType: PayloadType;
      externalId: string | null;
      /** Where the contract was broken, for a rejected item. */
      issues?: { path: string; message: string }[];
    });

/** A broker adapter. `parse` never throws: one poison item never fails its neighbours. */
export interface Broker {
  kind: BrokerKind;
  /**
   * Reads a JSON body that went through the guards (depth, prototypes, surrogates). Every item of the body comes back, in order, each read
   * when it is asked for: a body may hold a million of them, and the caller may rest or stop in between.
   */
  parse(body: unknown, hints: DeliveryHints): Iterable<DeliveryItem>;
}
