// What one tenant's screen was told: continuity of the numbers, what was shown, and whose it was. Pure.
import { z } from 'zod';
import { ShownMessageSchema, storedMessage } from './shown.js';

/** A durable frame, read loosely. */
const FrameSchema = z.object({
  epoch: z.string(),
  seq: z.int(),
  tenantId: z.string(),
  message: z.unknown().optional(),
});

/** Everything a screen was told, in short. */
export interface Heard {
  tenantId: string;
  epoch: string;
  /** The number of the last event it was told of. */
  seq: number;
  /** Durable events, each number once. */
  events: number;
  /** Events told again after a reconnect, which the contract allows. */
  replayed: number;
  reconnects: number;
  /** Times it was told to load again: from there on a new continuity begins. */
  resyncs: number;
  /** What was skipped, as ranges of numbers. */
  gaps: { from: number; to: number }[];
  /** Events of another tenant. */
  foreign: { tenantId: string; seq: number }[];
  /** Each message that was announced, by its own id: the numbers under which it was, and what it said. */
  announced: Map<string, Announced>;
  /** Frames that were none. */
  malformed: string[];
}

export interface Announced {
  /** The broker's id. */
  id: string;
  direction: 'INBOUND' | 'OUTBOUND';
  seqs: Set<number>;
  hash: string;
  isRevoked: boolean;
}

/** What a screen starts with: everything up to the cursor `<epoch>:<seq>` is known to it. */
export function nothingHeard(tenantId: string, cursor: string): Heard {
  const cut = cursor.lastIndexOf(':');
  return {
    tenantId,
    epoch: cursor.slice(0, cut),
    seq: Number(cursor.slice(cut + 1)),
    events: 0,
    replayed: 0,
    reconnects: 0,
    resyncs: 0,
    gaps: [],
    foreign: [],
    announced: new Map(),
    malformed: [],
  };
}

/** Takes in one durable frame. */
export function hear(heard: Heard, event: string, payload: unknown): void {
  const parsed = FrameSchema.safeParse(payload);
  if (!parsed.success) {
    if (heard.malformed.length < 100) heard.malformed.push(event);
    return;
  }
  const { epoch, seq, tenantId, message } = parsed.data;
  if (tenantId !== heard.tenantId) {
    heard.foreign.push({ tenantId, seq });
    return;
  }
  if (event === 'ticket.message') announce(heard, seq, message);
  const isNewEpoch = epoch !== heard.epoch;
  if (!isNewEpoch && seq <= heard.seq) {
    heard.replayed += 1;
    return;
  }
  // Another epoch without a word of it: everything in between is unknown.
  if (isNewEpoch || seq > heard.seq + 1) heard.gaps.push({ from: isNewEpoch ? 0 : heard.seq + 1, to: seq - 1 });
  heard.epoch = epoch;
  heard.seq = seq;
  heard.events += 1;
}

/** It was told that its continuity ends here. */
export function hearResync(heard: Heard, payload: unknown): void {
  const parsed = z.object({ epoch: z.string(), seq: z.int() }).safeParse(payload);
  heard.resyncs += 1;
  if (parsed.success) Object.assign(heard, parsed.data);
}

/** The cursor to come back with. */
export function cursorOf({ epoch, seq }: Pick<Heard, 'epoch' | 'seq'>): string {
  return `${epoch}:${seq}`;
}

function announce(heard: Heard, seq: number, message: unknown): void {
  const parsed = ShownMessageSchema.safeParse(message);
  if (!parsed.success) {
    if (heard.malformed.length < 100) heard.malformed.push('ticket.message');
    return;
  }
  const { messageId, id, direction, hash, isRevoked } = storedMessage(heard.tenantId, parsed.data);
  const known = heard.announced.get(messageId);
  if (known) known.seqs.add(seq);
  else heard.announced.set(messageId, { id, direction, seqs: new Set([seq]), hash, isRevoked });
}
