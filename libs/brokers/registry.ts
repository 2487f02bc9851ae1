// The brokers there are: one line each.
import type { Broker } from './broker.js';
import { canonical } from './canonical/canonical.js';

export const BROKERS = { canonical } as const satisfies Partial<Record<Broker['kind'], Broker>>;

/** Kinds that have a folder here. */
export type SupportedBrokerKind = keyof typeof BROKERS;

/** The adapter of a kind, or null when it has none. */
export function brokerOf(kind: string): Broker | null {
  return Object.hasOwn(BROKERS, kind) ? BROKERS[kind as SupportedBrokerKind] : null;
}
