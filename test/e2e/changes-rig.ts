// Messages and what changes them, as gateways tell it: statuses, edits, revokes, reactions.
import { ago, envelope, jidOf, secondsAgo, unique, uniquePhone, update, upsert } from './webhook-rig.js';

export interface Target {
  id: string;
  phone: string;
  fromMe: boolean;
}

export function target(fromMe = false): Target {
  return { id: unique('target'), phone: uniquePhone(), fromMe };
}
export function keyOf({ id, phone, fromMe }: Target) {
  return { remoteJid: jidOf(phone), fromMe, id, participant: '' };
}
export function original({ id, phone, fromMe }: Target, text = 'before', at = ago(30)) {
  return envelope({ id, phone, text, at, type: fromMe ? 'MESSAGE_OUTBOUND' : 'MESSAGE_INBOUND' });
}
export function status(to: Target, state: number | string, minutes = 20) {
  return update(keyOf(to), { status: state, messageTimestamp: secondsAgo(minutes) });
}
export function edit(to: Target, text: string, { id = unique('edit'), minutes = 20 } = {}) {
  const protocolMessage = {
    key: { id: to.id },
    type: 14,
    editedMessage: { conversation: text },
    timestampMs: secondsAgo(minutes) * 1000,
  };
  return upsert({ key: { ...keyOf(to), id }, messageTimestamp: secondsAgo(minutes), message: { protocolMessage } });
}
export function revoke(to: Target, { id = unique('revoke'), minutes = 10 } = {}) {
  const protocolMessage = { key: { id: to.id }, type: 'REVOKE' };
  return upsert({ key: { ...keyOf(to), id }, messageTimestamp: secondsAgo(minutes), message: { protocolMessage } });
}
export function reaction(to: Target, text: string | null, { minutes = 20, fromMe = false } = {}) {
  const reactionMessage = {
    key: keyOf(to),
    ...(text !== null && { text }),
    senderTimestampMs: secondsAgo(minutes) * 1000,
  };
  const key = { ...keyOf(to), fromMe, id: unique('reaction') };
  return upsert({ key, messageTimestamp: secondsAgo(minutes), message: { reactionMessage } });
}
/** All orders of a list. */
export function orders<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, at) => orders(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]));
}
