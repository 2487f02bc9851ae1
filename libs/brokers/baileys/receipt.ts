// `message-receipt.update` and `messages.reaction`: what one participant did with a message.
import { stableName } from '../aliases.js';
import { isObject, numberOf, objectOf, type JsonObject } from '../json.js';
import { ignored, type Reading } from '../reading.js';
import { changeEvent } from './change.js';
import { isPlace, placeOf } from './chat.js';
import { readReaction } from './control-kinds.js';
import { readKey } from './key.js';
import { stampOf, type Outer } from './outer.js';
import { isTarget, statusEvent, targetOf } from './update.js';

/** One `{key, receipt}`. In a group one reader is not all: it counts as delivered. */
export function readReceipt(raw: JsonObject, outer: Outer): Reading {
  const target = targetOf(readKey(raw.key), outer);
  if (!isTarget(target)) return target;
  const { playedTimestamp, readTimestamp, receiptTimestamp } = objectOf(raw.receipt);
  const told = [
    { status: 'PLAYED', time: playedTimestamp },
    { status: 'READ', time: readTimestamp },
    { status: 'DELIVERED', time: receiptTimestamp },
  ] as const;
  const best = told.find(({ time }) => isTold(time));
  if (best === undefined) return ignored('no_status', 'status', target.id);
  const status = target.chat.kind === 'group' ? 'DELIVERED' : best.status;
  return { event: statusEvent(target, { status, failure: null, time: best.time, outer }) };
}

/** 0 is how a protobuf without the field comes out. */
function isTold(time: unknown): boolean {
  return time !== undefined && time !== null && numberOf(time) !== 0;
}

/** One `{key, reaction}`: `key` names the message reacted to, `reaction.key` the reaction and who made it. */
export function readReactionEvent(raw: JsonObject, outer: Outer): Reading {
  const reaction = objectOf(raw.reaction);
  const key = readKey(isObject(reaction.key) ? reaction.key : raw.key);
  const isFromMe = key.fromMe === true;
  const change = readReaction(reaction, raw.key);
  if (change.action !== 'reaction') return ignored('protocol_message', 'reaction', key.id);
  const place = placeOf(key, { aliases: outer.aliases, isFromMe, payloadType: 'reaction' });
  if (!isPlace(place)) return place;
  const facts = {
    stamp: stampOf(outer, [change.time]),
    chat: place.chat,
    direction: isFromMe ? 'OUTBOUND' : 'INBOUND',
    actionId: key.id ?? change.targetId,
    author: isFromMe ? 'me' : (stableName(place.aliases) ?? place.chat.jid ?? change.targetId),
  } as const;
  return { event: changeEvent(change, facts) };
}
