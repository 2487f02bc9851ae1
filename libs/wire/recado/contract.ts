// The Recado contract: inbox screens on the default Socket.IO namespace (DESIGN 5, clients.md "WhatsApp core").
import type { z } from 'zod';
import type { Effect, Inbound, Session, WireContract } from '../contract.js';
import { refuse, send } from '../contract.js';
import { JoinTenantSchema, JoinUserSchema, TicketRefSchema, TypingSchema } from './messages.js';

/** Most topics one session may be in. */
export const MAX_TOPICS = 500;
/** Longest text of a typing frame that is relayed, in UTF-16 units. */
export const MAX_TYPING_LENGTH = 2_000;

type Handler = (session: Session, argument: unknown) => Effect[];

/** Topic of everybody of a tenant; every durable event goes here. */
export function tenantTopic(tenantId: string): string {
  return `tenant:${tenantId}`;
}

/** Topic of one person's screens. */
export function userTopic(sub: string): string {
  return `user:${sub}`;
}

/** Topic of the screens that show one ticket. */
export function ticketTopic(ticketId: string): string {
  return `ticket:${ticketId}`;
}

const HANDLERS: Record<string, Handler> = {
  'join-tenant': joinTenant,
  'join-user': joinUser,
  'join-ticket': joinTicket,
  'leave-ticket': leaveTicket,
  'ticket:typing': typing,
};

/** Inbox screens: `ready` first, then every event of the tenant by its own name with the log's payload, byte for byte. */
export const recado: WireContract = {
  name: 'recado',
  namespace: '/',
  open(session, opening) {
    const { epoch, seq, replayed } = opening;
    return [{ kind: 'join', topic: tenantTopic(session.identity.tenantId) }, send('ready', { epoch, seq, replayed })];
  },
  receive(session: Session, inbound: Inbound): Effect[] {
    if (!('name' in inbound) || !Object.hasOwn(HANDLERS, inbound.name)) return [refuse('NOT_FOUND')];
    return HANDLERS[inbound.name]?.(session, inbound.args[0]) ?? [];
  },
  project(entry) {
    return [{ frame: { event: entry.type, json: entry.payload }, topics: [tenantTopic(entry.tenantId)] }];
  },
  resync(_session, position) {
    return [send('resync_required', { epoch: position.epoch, seq: position.seq })];
  },
  idleAfterMs: null,
  idle() {
    return [];
  },
};

/** The session is in its tenant's topic from the start, so this is a check that the screen and the token agree. */
function joinTenant(session: Session, argument: unknown): Effect[] {
  const parsed = JoinTenantSchema.safeParse(argument);
  if (!parsed.success) return [invalid(parsed.error)];
  if (parsed.data !== session.identity.tenantId) return [refuse('FORBIDDEN')];
  return [{ kind: 'join', topic: tenantTopic(session.identity.tenantId) }, { kind: 'accept' }];
}

function joinUser(session: Session, argument: unknown): Effect[] {
  const parsed = JoinUserSchema.safeParse(argument);
  if (!parsed.success) return [invalid(parsed.error)];
  if (parsed.data !== session.identity.sub) return [refuse('FORBIDDEN')];
  return [{ kind: 'join', topic: userTopic(session.identity.sub) }, { kind: 'accept' }];
}

function joinTicket(session: Session, argument: unknown): Effect[] {
  const parsed = TicketRefSchema.safeParse(argument);
  if (!parsed.success) return [refuse('NOT_FOUND')];
  const topic = ticketTopic(parsed.data);
  if (session.topics.has(topic)) return [{ kind: 'accept' }];
  if (session.topics.size >= MAX_TOPICS) {
    return [
      refuse('VALIDATION_FAILED', [
        { path: 'ticketId', code: 'too_many', message: `At most ${MAX_TOPICS} rooms. Leave some first.` },
      ]),
    ];
  }
  return [ifTicketExists(parsed.data, [{ kind: 'join', topic }, { kind: 'accept' }])];
}

function leaveTicket(_session: Session, argument: unknown): Effect[] {
  const parsed = TicketRefSchema.safeParse(argument);
  if (!parsed.success) return [refuse('NOT_FOUND')];
  return [{ kind: 'leave', topic: ticketTopic(parsed.data) }, { kind: 'accept' }];
}

/** Relayed as sent, but who types is told by the token, never by the client; what is ephemeral has no place in the log. */
function typing(session: Session, argument: unknown): Effect[] {
  const parsed = TypingSchema.safeParse(argument);
  if (!parsed.success) return [invalid(parsed.error)];
  const { sub, name } = session.identity;
  const json = tryStringify({ ...parsed.data, seq: undefined, epoch: undefined, userId: sub, userName: name });
  if (json === null || json.length > MAX_TYPING_LENGTH) {
    return [
      refuse('VALIDATION_FAILED', [{ path: '', code: 'too_big', message: `At most ${MAX_TYPING_LENGTH} characters.` }]),
    ];
  }
  const topic = ticketTopic(parsed.data.ticketId);
  const effects: Effect[] = [{ kind: 'relay', topic, frame: { event: 'ticket:typing', json } }, { kind: 'accept' }];
  return session.topics.has(topic) ? effects : [ifTicketExists(parsed.data.ticketId, effects)];
}

/** What nests deeper than the stack can be parsed, yet not be written again. */
function tryStringify(value: unknown): string | null {
  try {
    return JSON.stringify(value);
  } catch {
    return null;
  }
}

function ifTicketExists(ticketId: string, granted: Effect[]): Effect {
  return { kind: 'check-ticket', ticketId, granted, refused: [refuse('NOT_FOUND')], failed: [refuse('UNAVAILABLE')] };
}

function invalid(error: z.ZodError): Effect {
  const details = error.issues.map((issue) => ({
    path: issue.path.join('.'),
    code: issue.code,
    message: issue.message,
  }));
  return refuse('VALIDATION_FAILED', details);
}
