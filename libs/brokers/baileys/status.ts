// Delivery states as Baileys spells them: number, numeric string, name, or the type of the receipt.
import type { MessageStatus } from '@recado/contracts';

const STATES: Record<string, MessageStatus> = {
  '0': 'FAILED',
  ERROR: 'FAILED',
  FAILED: 'FAILED',
  '1': 'PENDING',
  PENDING: 'PENDING',
  '2': 'SENT',
  SERVER_ACK: 'SENT',
  SENT: 'SENT',
  SENDER: 'SENT',
  '3': 'DELIVERED',
  DELIVERY_ACK: 'DELIVERED',
  DELIVERED: 'DELIVERED',
  '4': 'READ',
  READ: 'READ',
  'READ-SELF': 'READ',
  '5': 'PLAYED',
  PLAYED: 'PLAYED',
  'PLAYED-SELF': 'PLAYED',
};

/** The state a value stands for, or null when it is none. */
export function readStatus(value: unknown): MessageStatus | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const name = String(value).trim().toUpperCase();
  return Object.hasOwn(STATES, name) ? (STATES[name] ?? null) : null;
}
