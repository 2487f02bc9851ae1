// Carrying out what a contract decided: frames, acks, rooms, relays, look-ups, closes.
import type { Effect, Frame } from '@recado/wire';
import type { Queryable } from '../db/database.js';
import { selectTicketExists } from '../db/sql/tickets-exist.js';
import { RecadoError, toErrorBody } from '../errors.js';
import { Burst } from './burst.js';
import { type CloseCode, isCloseCode } from './close-codes.js';
import type { RealtimeLog } from './ports.js';
import type { Relay, RelayMember } from './relay.js';
import type { Rooms } from './rooms.js';
import type { Reply } from './transport.js';

/** What effects work on beside the session. */
export interface EffectTools {
  pool: Queryable;
  rooms: Rooms<RelayMember>;
  relay: Relay;
  log: RealtimeLog;
}

/** The session an effect is for. */
export interface Performer extends RelayMember {
  readonly topics: Set<string>;
  readonly hasEnded: boolean;
  write(burst: Burst): void;
  close(code: CloseCode): void;
}

interface Performance {
  session: Performer;
  effects: readonly Effect[];
  reply: Reply;
}

/** Effects in order; frames side by side leave together. Returns a promise only when something has to be looked up. */
export function performEffects(tools: EffectTools, performance: Performance): Promise<void> | null {
  const { session, effects, reply } = performance;
  const frames: Frame[] = [];
  function flush(): void {
    if (frames.length > 0) session.write(new Burst(frames.splice(0)));
  }
  for (const [index, effect] of effects.entries()) {
    if (effect.kind === 'send') {
      frames.push(effect.frame);
      continue;
    }
    flush();
    if (effect.kind === 'check-ticket') {
      return performAfterLookUp(tools, { session, effect, rest: effects.slice(index + 1), reply });
    }
    performOne(tools, { session, effect, reply });
  }
  flush();
  return null;
}

type LookUp = Extract<Effect, { kind: 'check-ticket' }>;

function performOne(
  { rooms, relay }: EffectTools,
  { session, effect, reply }: { session: Performer; effect: Exclude<Effect, { kind: 'send' } | LookUp>; reply: Reply },
): void {
  switch (effect.kind) {
    case 'accept':
      return reply({ ok: true });
    case 'refuse': {
      const { code, details } = effect.refusal;
      return reply({ ok: false, error: toErrorBody(new RecadoError(code, { ...(details && { details }) })) });
    }
    case 'join':
      session.topics.add(effect.topic);
      return rooms.join(session, effect.topic);
    case 'leave':
      session.topics.delete(effect.topic);
      return rooms.leave(session, effect.topic);
    case 'relay':
      return relay(session, effect.topic, effect.frame);
    case 'close':
      return session.close(isCloseCode(effect.code) ? effect.code : 1011);
    default:
      effect satisfies never;
  }
}

async function performAfterLookUp(
  tools: EffectTools,
  { session, effect, rest, reply }: { session: Performer; effect: LookUp; rest: readonly Effect[]; reply: Reply },
): Promise<void> {
  let outcome = effect.failed;
  try {
    const exists = await selectTicketExists(tools.pool, session.tenantId, effect.ticketId);
    outcome = exists ? effect.granted : effect.refused;
  } catch (err) {
    tools.log.warn({ err }, 'A ticket could not be looked up for a socket.');
  }
  if (session.hasEnded) return;
  await performEffects(tools, { session, effects: [...outcome, ...rest], reply });
}
