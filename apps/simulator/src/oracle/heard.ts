// What one tenant's screen was told: continuity of the numbers, what was shown, and whose it was. Pure.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ShownContactSchema, ShownMessageSchema, storedMessage, type ShownPlace } from './shown.js';

/** A durable frame, read loosely. */
const FrameSchema = z.object({
  epoch: z.string(),
  seq: z.int(),
  tenantId: z.string(),
  message: z.unknown().optional(),
  ticket: z.unknown().optional(),
});

const TicketSchema = z.object({ contact: ShownContactSchema });

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
  /** Numbers told twice although the connection had not been made anew in between. */
  doubled: number[];
  /** Numbers that were told again with another content. */
  altered: number[];
  /** By number: a digest of what was told, and on which connection it was told last. */
  told: Map<number, { digest: number; connection: number }>;
  /** Counts up whenever the screen begins to be told anew. */
  connection: number;
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

export interface Announced extends ShownPlace {
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
    doubled: [],
    altered: [],
    told: new Map(),
    connection: 0,
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
  const { epoch, seq, tenantId, message, ticket } = parsed.data;
  if (tenantId !== heard.tenantId) {
    heard.foreign.push({ tenantId, seq });
    return;
  }
  if (event === 'ticket.message') announce(heard, seq, { message, ticket });
  const isNewEpoch = epoch !== heard.epoch;
  if (isNewEpoch) heard.told.clear();
  noteTold(heard, seq, [event, payload]);
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

/** A connection is made, or has caught up: what was told before may be told once more. */
export function hearConnection(heard: Heard): void {
  heard.connection += 1;
}

/** Contents are compared as they were told: what is replayed is the same, byte for byte. */
function noteTold(heard: Heard, seq: number, content: unknown): void {
  const { connection, told } = heard;
  const digest = createHash('sha256').update(JSON.stringify(content)).digest().readInt32LE(0);
  const before = told.get(seq);
  if (before?.connection === connection) heard.doubled.push(seq);
  if (before && before.digest !== digest) heard.altered.push(seq);
  told.set(seq, { digest, connection });
}

/** It was told that its continuity ends here. */
export function hearResync(heard: Heard, payload: unknown): void {
  const parsed = z.object({ epoch: z.string(), seq: z.int() }).safeParse(payload);
  heard.resyncs += 1;
  if (!parsed.success) return;
  if (parsed.data.epoch !== heard.epoch) heard.told.clear();
  Object.assign(heard, parsed.data);
}

/** The cursor to come back with. */
export function cursorOf({ epoch, seq }: Pick<Heard, 'epoch' | 'seq'>): string {
  return `${epoch}:${seq}`;
}

function announce(heard: Heard, seq: number, { message, ticket }: { message: unknown; ticket: unknown }): void {
  const parsed = ShownMessageSchema.safeParse(message);
  const shownIn = TicketSchema.safeParse(ticket);
  if (!parsed.success || !shownIn.success) {
    if (heard.malformed.length < 100) heard.malformed.push('ticket.message');
    return;
  }
  const { contact } = shownIn.data;
  const { messageId, id, direction, hash, isRevoked, at } = storedMessage(heard.tenantId, parsed.data, contact);
  const known = heard.announced.get(messageId);
  if (known) known.seqs.add(seq);
  else heard.announced.set(messageId, { id, direction, seqs: new Set([seq]), hash, isRevoked, contact, at });
}
