// The wire seam: a contract is pure, takes what a session received or a log entry, and answers with effects a door carries out.
import type { LogEntry } from '@recado/contracts';

export type { LogEntry };

/** A point of a tenant's log: the next event has `seq + 1`. */
export interface Position {
  epoch: string;
  seq: number;
}

/** Who sits at the other end. Verified before the contract hears of it. */
export interface Identity {
  tenantId: string;
  sub: string;
  roles: readonly string[];
  name: string | null;
}

/**
 * A session as the contract sees it. `topics` are those it is in now; a topic is always within the session's tenant
 * and contract, so equal names of two tenants never meet. `params` are the query and path parameters of a native door.
 */
export interface Session {
  identity: Identity;
  topics: ReadonlySet<string>;
  params: Readonly<Record<string, string>>;
}

/**
 * What goes out. A named frame is `[event, <json>]` in a Socket.IO namespace and the bare JSON text on a native socket;
 * a text frame is raw text on a native socket and `["message", "<text>"]` in a namespace.
 */
export type Frame = { event: string; json: string } | { text: string };

/** What came in: an event with its arguments (Socket.IO, the ack taken off), or raw text (native). */
export type Inbound = { name: string; args: readonly unknown[] } | { text: string };

/** Why a request is refused; the door makes the error object of it. Codes are those of the service's error table. */
export interface Refusal {
  code: 'VALIDATION_FAILED' | 'FORBIDDEN' | 'NOT_FOUND' | 'UNAVAILABLE';
  details?: { path: string; code: string; message: string }[];
}

/** What a door does for a session, in order. `accept` and `refuse` answer the request's ack and are nothing without one. */
export type Effect =
  | { kind: 'send'; frame: Frame }
  | { kind: 'accept' }
  | { kind: 'refuse'; refusal: Refusal }
  | { kind: 'join'; topic: string }
  | { kind: 'leave'; topic: string }
  /** To every other session in the topic, in this process and the others; ephemeral: no seq, never replayed. */
  | { kind: 'relay'; topic: string; frame: Frame }
  /** Whether the session's tenant has this ticket: the door looks it up and goes on with one of the lists. */
  | { kind: 'check-ticket'; ticketId: string; granted: Effect[]; refused: Effect[]; failed: Effect[] }
  | { kind: 'close'; code: number };

/** A frame of a log entry and the topics it is for; a session gets it once if it is in any of them. */
export interface Projected {
  frame: Frame;
  topics: readonly string[];
}

/** What `open` is told: where the session's stream begins being live, and how many events are replayed up to there. */
export interface Opening extends Position {
  replayed: number;
}

/** A wire contract: functions of their arguments alone, no clock, no sockets, no randomness. */
export interface WireContract {
  name: string;
  /** Socket.IO namespace. */
  namespace: string;
  /** The first frames and topics of a session; comes before anything replayed. */
  open(session: Session, opening: Opening): Effect[];
  /** What a client sent. Never throws; the unknown is ignored. */
  receive(session: Session, inbound: Inbound): Effect[];
  /** The frames of one durable event, the same for live and replay. */
  project(entry: LogEntry): Projected[];
  /** The cursor a session came with cannot be continued, or the log began a new epoch: it is live from `position` on. */
  resync(session: Session, position: Position): Effect[];
  /** Milliseconds without a client frame after which `idle` is asked, again and again; null when silence means nothing. */
  idleAfterMs: number | null;
  idle(session: Session): Effect[];
}

/** A named frame of a small value. */
export function frameOf(event: string, value: unknown): Frame {
  return { event, json: JSON.stringify(value) };
}

/** An effect that sends a named frame of a small value. */
export function send(event: string, value: unknown): Effect {
  return { kind: 'send', frame: frameOf(event, value) };
}

/** An effect that refuses the request. */
export function refuse(code: Refusal['code'], details?: Refusal['details']): Effect {
  return { kind: 'refuse', refusal: { code, ...(details && { details }) } };
}
