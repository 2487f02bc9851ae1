// The status lattice (DESIGN 2): applied as a maximum, so that order and multiplicity cannot matter.
import type { MessageStatus } from '@recado/contracts';

/** FAILED stands between SENT and DELIVERED: it is reached from SENT and below, and a proof of delivery overrules it. */
const RANK: Record<MessageStatus, number> = {
  PENDING: 0,
  UNKNOWN: 1,
  SENT: 2,
  FAILED: 3,
  DELIVERED: 4,
  READ: 5,
  PLAYED: 6,
};

/** The higher of two statuses. */
export function joinStatus(a: MessageStatus, b: MessageStatus): MessageStatus {
  return RANK[b] > RANK[a] ? b : a;
}
