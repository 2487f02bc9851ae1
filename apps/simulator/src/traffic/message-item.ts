// A WAMessage out of a body: id, key, time, profile name, and the spellings gateways differ in.
import { createHash } from 'node:crypto';
import { hashContent } from '../content.js';
import type { Direction } from '../facts.js';
import type { Random } from '../random.js';
import type { Body } from './body.js';
import { chatName, keyOf, type Chat } from './chat.js';
import type { Item } from './item.js';
import { Int64 } from './vintage.js';
import { nameOfPerson } from './words.js';

/** A message of the traffic that later items may change. */
export interface Told {
  chat: Chat;
  id: string;
  direction: Direction;
  /** Virtual time, epoch ms, a whole second. */
  at: number;
  body: Body;
}

/** An id as WhatsApp's clients make them: web, iOS or Android. `world` keeps runs apart. */
export function messageId(world: string, n: number, act = 'message'): string {
  const hex = createHash('sha256').update(`${world} ${n} ${act}`).digest('hex').toUpperCase();
  if (n % 3 === 0) return `3EB0${hex.slice(0, 18)}`;
  return n % 3 === 1 ? `3A${hex.slice(0, 18)}` : hex.slice(0, 32);
}

/** The message as a gateway tells it. */
export function messageItem(
  told: Told,
  { random, group = 'upsert' }: { random: Random; group?: 'upsert' | 'history' },
): Item {
  const { chat, id, direction, at, body } = told;
  const name = chat.isGroup ? null : nameOfPerson(chat.person.n, chat.tenant);
  const raw = wrap(told, { id, message: body.message, random });
  return {
    tenant: chat.tenant,
    chat,
    group,
    raw,
    fact: { kind: 'message', id, direction, hash: hashContent(body.shown), chat: chatName(chat), name, at },
  };
}

interface Wrapped {
  id: string;
  message: unknown;
  random: Random;
  at?: number;
}

/** A WAMessage by the author of `told`: the message itself, or an act on it with an id of its own. */
export function wrap(told: Pick<Told, 'chat' | 'direction' | 'at'>, { id, message, random, at = told.at }: Wrapped) {
  const fromMe = told.direction === 'OUTBOUND';
  const seconds = Math.floor(at / 1_000);
  return {
    key: keyOf(told.chat, { id, fromMe, flip: random.happens(0.5) }),
    messageTimestamp: random.happens(0.7) ? seconds : new Int64(seconds),
    ...(fromMe ? { status: 2 } : { pushName: nameOfPerson(told.chat.person.n, told.chat.tenant) }),
    broadcast: false,
    message,
  };
}
