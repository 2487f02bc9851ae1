// Ephemeral frames (typing) to the others in a topic: in this process at once, in the others by a signal; never stored.
import type { Frame } from '@recado/wire';
import { z } from 'zod';
import type { Signals } from '../db/signals.js';
import { Burst } from './burst.js';
import type { RoomMember, Rooms } from './rooms.js';

/** Longest signal text; a NOTIFY takes less than 8,000 bytes, and the node's name comes in front. */
const MAX_SIGNAL_BYTES = 7_800;

const SignalSchema = z.object({
  contractName: z.string(),
  tenantId: z.string(),
  topic: z.string(),
  frame: z.union([z.object({ event: z.string(), json: z.string() }), z.object({ text: z.string() })]),
});

/** A member that can be written to. */
export interface RelayMember extends RoomMember {
  relayed(burst: Burst): void;
}

export type Relay = (from: RelayMember, topic: string, frame: Frame) => void;

/** Listens to the other processes and returns the function that relays from this one. */
export function createRelay(rooms: Rooms<RelayMember>, signals: Signals): Relay {
  signals.subscribe('typing', (payload) => {
    const parsed = SignalSchema.safeParse(parseJson(payload));
    if (!parsed.success) return;
    const burst = new Burst([parsed.data.frame]);
    for (const member of rooms.members(parsed.data, parsed.data.topic)) member.relayed(burst);
  });
  return (from, topic, frame) => {
    const { contractName, tenantId } = from;
    const payload = JSON.stringify({ contractName, tenantId, topic, frame });
    if (Buffer.byteLength(payload) > MAX_SIGNAL_BYTES) return;
    const burst = new Burst([frame]);
    for (const member of rooms.members(from, topic)) if (member !== from) member.relayed(burst);
    signals.publish('typing', payload);
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
