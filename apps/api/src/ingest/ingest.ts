// The facade of ingest: deliveries in, verdicts out, nothing answered before its commit.
import type { Reason, Verdict } from '@recado/contracts';
import type { DeliveryItem } from '@recado/brokers';
import type { ParkedOrigin } from './work.js';

/** One delivery for one instance. A body that names several instances is split into one part each. */
export interface Delivery {
  tenantId: string;
  instanceId: string;
  groupPolicy: 'ignore' | 'accept';
  transport: 'webhook' | 'queue' | 'poller' | 'redrive';
  /** sha256 of the original bytes. */
  sha256: Buffer;
  /** The body as kept: secrets blanked. */
  raw: Buffer;
  items: DeliveryItem[];
  traceId: string;
  receivedAt: Date;
}

/** What became of an item, after the commit that holds it. */
export interface ItemVerdict {
  verdict: Verdict;
  reason: Reason;
  messageId: string | null;
}

export interface Ingest {
  /** Stores a delivery and everything it causes; resolves after COMMIT, verdicts in item order. Throws RecadoError OVERLOADED or UNAVAILABLE; then nothing of it is acknowledged. */
  submit(delivery: Delivery): Promise<ItemVerdict[]>;
  /** Submits items that waited in parked_events, in the order of `origins`; what they waited as goes with the commit. */
  resubmit(delivery: Delivery, origins: ParkedOrigin[]): Promise<ItemVerdict[]>;
  /** Events waiting, for the gauge. */
  waiting(): number;
  /** Finishes what was submitted and takes no more. */
  close(): Promise<void>;
}
