// What an adapter makes of one item, before the item is joined with its instance and its raw part.
import type { CanonicalEvent, PayloadType, Reason } from '@recado/contracts';

/** The item's event, or the reason why there is none. */
export type Reading =
  | { event: CanonicalEvent }
  | {
      verdict: 'ignored' | 'rejected';
      reason: Reason;
      payloadType: PayloadType;
      externalId: string | null;
      issues?: Issue[];
    };

export interface Issue {
  path: string;
  message: string;
}

export function ignored(reason: Reason, payloadType: PayloadType, externalId: string | null): Reading {
  return { verdict: 'ignored', reason, payloadType, externalId };
}

interface Refusal {
  payloadType: PayloadType;
  externalId?: string | null;
  issues: Issue[];
}

export function rejected(reason: Reason, { payloadType, externalId = null, issues }: Refusal): Reading {
  return { verdict: 'rejected', reason, payloadType, externalId, issues };
}
