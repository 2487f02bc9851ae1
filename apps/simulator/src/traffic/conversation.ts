// One more message in a chat, and everything that will happen to it later.
import { STEP_MS, type Dials } from '../dials.js';
import type { Status } from '../facts.js';
import type { Random } from '../random.js';
import type { Body, Maker } from './body.js';
import { editItem, reactionItem, revokeItem, statusItem } from './changes.js';
import type { Chat } from './chat.js';
import type { Item } from './item.js';
import { document, image, sticker, video, voice } from './media-bodies.js';
import { messageId, messageItem, type Told } from './message-item.js';
import { contactCard, location } from './place-bodies.js';
import { extendedText, plainText } from './text-bodies.js';
import { emojiOf, sentence } from './words.js';

const MEDIA: Maker[] = [image, image, image, voice, voice, video, document, sticker, location, contactCard];
const DAY_MS = 86_400_000;

/** Something to be told `after` so many deliveries. */
export interface Planned {
  after: number;
  item: Item;
}

/** What a conversation goes on with: its number makes ids and texts differ. */
export interface Step {
  chat: Chat;
  n: number;
  dials: Dials;
  world: string;
  random: Random;
}

/** The message and its later life, in the order in which it happens. */
export function goOn(step: Step): Planned[] {
  const { chat, n, dials, world, random } = step;
  const direction = random.happens(0.4) ? 'OUTBOUND' : 'INBOUND';
  const now = Date.parse(dials.startsAt) + Math.floor((n * STEP_MS) / 1_000) * 1_000;
  const isHistory = random.happens(dials.history);
  const id = messageId(world, n);
  const text = sentence(random, direction, n);
  const told: Told = {
    chat,
    id,
    direction,
    at: isHistory ? now - 3 * DAY_MS : now,
    body: bodyOf(step, direction, text),
  };
  chat.recent = [...chat.recent.slice(-4), { id, text }];
  const message = { after: 0, item: messageItem(told, { random, group: isHistory ? 'history' : 'upsert' }) };
  return [
    message,
    ...statusesOf(told, step),
    ...editsOf(told, step),
    ...reactionsOf(told, step),
    ...revokesOf(told, step),
  ];
}

function bodyOf({ chat, n, dials, random }: Step, direction: 'INBOUND' | 'OUTBOUND', text: string): Body {
  const recent = chat.recent.length > 0 && random.happens(0.5) ? random.pick(chat.recent) : null;
  const quoted = recent && { ...recent, author: chat.person.phoneJid };
  const making = { random, direction, n, text, quoted };
  if (random.happens(dials.media)) return random.pick(MEDIA)(making);
  return random.happens(0.25) ? extendedText(making) : plainText(making);
}

function statusesOf(told: Told, step: Step): Planned[] {
  const { random, dials } = step;
  if (told.chat.isGroup) return [];
  const states = statesOf(told, random);
  let after = 0;
  return states.map((status, place) => {
    after += random.whole(1, 20);
    const late = random.happens(dials.lateStatuses) ? random.whole(20, 200) : 0;
    return { after: after + late, item: statusItem(told, status, acting(step, told.at + (place + 1) * 1_000)) };
  });
}

/** How far a message of ours gets; of an inbound one, that we read it on the phone. */
function statesOf(told: Told, random: Random): Exclude<Status, 'UNKNOWN'>[] {
  if (told.direction === 'INBOUND') return random.happens(0.15) ? ['READ'] : [];
  if (random.happens(0.02)) return ['FAILED'];
  const isHeard = told.body.shown.media?.voice === true && random.happens(0.5);
  const all = ['PENDING', 'SENT', 'DELIVERED', 'READ', ...(isHeard ? (['PLAYED'] as const) : [])] as const;
  return all.slice(random.whole(0, 1), random.whole(2, all.length));
}

function editsOf(told: Told, step: Step): Planned[] {
  const { random, dials } = step;
  if (!told.body.edited || !random.happens(dials.edits)) return [];
  return Array.from({ length: random.whole(1, 3) }, (_, place) => place).flatMap((place) => {
    const text = `${sentence(random, told.direction, step.n)} (corrigido ${place + 1})`;
    const item = editItem(told, text, acting({ ...step, n: step.n * 4 + place }, told.at + (place + 1) * 2_000));
    return item ? [{ after: random.whole(5, 60), item }] : [];
  });
}

function reactionsOf(told: Told, step: Step): Planned[] {
  const { random, dials } = step;
  if (!random.happens(dials.reactions)) return [];
  const by = told.chat.isGroup || random.happens(0.5) ? 'me' : 'them';
  return Array.from({ length: random.whole(1, 3) }, (_, place) => {
    const emoji = place > 0 && random.happens(0.4) ? '' : emojiOf(random);
    const at = acting({ ...step, n: step.n * 4 + place }, told.at + (place + 1) * 1_000 + random.whole(0, 999));
    return { after: random.whole(2, 60), item: reactionItem(told, { by, emoji }, at) };
  });
}

function revokesOf(told: Told, step: Step): Planned[] {
  const { random, dials } = step;
  if (!random.happens(dials.revokes)) return [];
  return [{ after: random.whole(5, 80), item: revokeItem(told, acting(step, told.at + 10_000)) }];
}

function acting({ random, world, n }: Step, at: number) {
  return { random, world, n, at };
}
