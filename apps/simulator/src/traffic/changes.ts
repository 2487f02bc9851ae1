// What happens to a message after it was told: acks, edits, revokes, reactions, in the spellings gateways have for them.
import { hashContent } from '../content.js';
import type { Status } from '../facts.js';
import type { Random } from '../random.js';
import { keyOf } from './chat.js';
import type { Item } from './item.js';
import { messageId, wrap, type Told } from './message-item.js';
import { Enum, Int64 } from './vintage.js';

/** What every change is made with; `n` makes its id. */
export interface Acting {
  random: Random;
  world: string;
  n: number;
  /** When it happens, epoch ms. */
  at: number;
}

const ACKS = {
  FAILED: new Enum(0, 'ERROR'),
  PENDING: new Enum(1, 'PENDING'),
  SENT: new Enum(2, 'SERVER_ACK'),
  DELIVERED: new Enum(3, 'DELIVERY_ACK'),
  READ: new Enum(4, 'READ'),
  PLAYED: new Enum(5, 'PLAYED'),
} as const;
const RECEIPT_TIMES = { DELIVERED: 'receiptTimestamp', READ: 'readTimestamp', PLAYED: 'playedTimestamp' } as const;

/** An ack through `messages.update`, or through `message-receipt.update` where it has a time of its own. */
export function statusItem(told: Told, status: Exclude<Status, 'UNKNOWN'>, { random, at }: Acting): Item {
  const key = targetKey(told, random);
  const seconds = Math.floor(at / 1_000);
  const fact = { kind: 'status', id: told.id, direction: told.direction, status } as const;
  const base = { tenant: told.chat.tenant, chat: told.chat, fact };
  const isReceipt = random.happens(0.3) && (status === 'DELIVERED' || status === 'READ' || status === 'PLAYED');
  if (isReceipt) {
    const receipt = { userJid: told.chat.person.phoneJid, [RECEIPT_TIMES[status]]: new Int64(seconds) };
    return { ...base, group: 'receipt', raw: { key, receipt } };
  }
  const failure = status === 'FAILED' ? { messageStubParameters: ['463'] } : {};
  const spelled = random.happens(0.2) ? String(ACKS[status].number) : ACKS[status];
  return { ...base, group: 'update', raw: { key, update: { status: spelled, messageTimestamp: seconds, ...failure } } };
}

/** An edit in one of its three spellings. */
export function editItem(told: Told, text: string, acting: Acting): Item | null {
  const made = told.body.edited?.(text);
  if (!made) return null;
  const { random, world, n, at } = acting;
  const fact = { kind: 'edit', id: told.id, direction: told.direction, hash: hashContent(made.shown), at } as const;
  const base = { tenant: told.chat.tenant, chat: told.chat, fact };
  const way = random.whole(0, 2);
  if (way === 2) {
    const update = { message: { editedMessage: { message: made.message } }, messageTimestamp: at / 1_000 };
    return { ...base, group: 'update', raw: { key: targetKey(told, random), update } };
  }
  const protocolMessage = {
    key: { remoteJid: '551100000000@s.whatsapp.net', fromMe: true, id: told.id },
    type: new Enum(14, 'MESSAGE_EDIT'),
    editedMessage: made.message,
    timestampMs: new Int64(at),
  };
  const message = way === 0 ? { protocolMessage } : { editedMessage: { message: { protocolMessage } } };
  const raw = wrap(told, { id: messageId(world, n, 'edit'), message, random, at });
  return { ...base, group: 'upsert', raw };
}

/** Deleted for everyone, as a protocol message or as a stub. */
export function revokeItem(told: Told, { random, world, n, at }: Acting): Item {
  const fact = { kind: 'revoke', id: told.id, direction: told.direction } as const;
  const base = { tenant: told.chat.tenant, chat: told.chat, fact };
  const id = messageId(world, n, 'revoke');
  if (random.happens(0.5)) {
    const revoker = { ...targetKey(told, random), id };
    const update = { message: null, messageStubType: 1, key: revoker, messageTimestamp: Math.floor(at / 1_000) };
    return { ...base, group: 'update', raw: { key: targetKey(told, random), update } };
  }
  const protocolMessage = { key: { fromMe: true, id: told.id }, type: new Enum(0, 'REVOKE') };
  return { ...base, group: 'upsert', raw: wrap(told, { id, message: { protocolMessage }, random, at }) };
}

/** A reaction, or its removal with ''. */
export function reactionItem(told: Told, { by, emoji }: { by: 'me' | 'them'; emoji: string }, acting: Acting): Item {
  const { random, world, n, at } = acting;
  const fact = { kind: 'reaction', id: told.id, direction: told.direction, by, emoji, at } as const;
  const base = { tenant: told.chat.tenant, chat: told.chat, fact };
  const author = { ...told, direction: by === 'me' ? 'OUTBOUND' : 'INBOUND' } as const;
  const id = messageId(world, n, `reaction ${by}`);
  const reaction = { text: emoji, senderTimestampMs: new Int64(at) };
  if (random.happens(0.3)) {
    const key = keyOf(told.chat, { id, fromMe: by === 'me', flip: random.happens(0.5) });
    return { ...base, group: 'reaction', raw: { key: targetKey(told, random), reaction: { ...reaction, key } } };
  }
  const message = { reactionMessage: { key: targetKey(told, random), ...reaction } };
  return { ...base, group: 'upsert', raw: wrap(author, { id, message, random, at }) };
}

function targetKey(told: Told, random: Random) {
  return keyOf(told.chat, { id: told.id, fromMe: told.direction === 'OUTBOUND', flip: random.happens(0.5) });
}
