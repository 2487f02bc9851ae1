// What surrounds a raw Baileys item: the envelope's word on time, contact, direction and origin.
import { normaliseTimestamp, type Alias, type CanonicalMessage, type ContactAttributes } from '@recado/contracts';

export interface Outer {
  broker: string;
  cursor: string | null;
  origin: CanonicalMessage['origin'];
  /** Spellings of the time, best first: before and after the item's own. */
  timesBefore: unknown[];
  timesAfter: unknown[];
  /** What the envelope says of the contact; null when there is no envelope. */
  contact: ContactAttributes | null;
  aliases: Alias[];
  /** Used when the key does not say. */
  direction: 'INBOUND' | 'OUTBOUND' | null;
  /** Used when the key has none. */
  externalId: string | null;
}

/** The `base` part of every canonical event. */
export interface Stamp {
  at: string | null;
  atRaw?: unknown;
  broker: string;
  cursor: string | null;
}

/** The first spelling that makes sense; when none does, the first that was sent is kept as `atRaw`. */
export function stampOf(outer: Outer, own: unknown[]): Stamp {
  let atRaw: unknown;
  for (const spellings of [outer.timesBefore, own, outer.timesAfter]) {
    for (const spelling of spellings) {
      const at = normaliseTimestamp(spelling);
      if (at !== null) return { at, broker: outer.broker, cursor: outer.cursor };
      atRaw ??= spelling;
    }
  }
  const stamp = { at: null, broker: outer.broker, cursor: outer.cursor };
  return atRaw === undefined || atRaw === null ? stamp : { ...stamp, atRaw };
}
