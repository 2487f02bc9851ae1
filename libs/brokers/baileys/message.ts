// A raw WAMessage (key, content or stub, profile name) as one canonical event.
import type { CanonicalMessage, Reason } from '@recado/contracts';
import { stableName } from '../aliases.js';
import { isObject, type JsonObject } from '../json.js';
import { ignored, rejected, type Reading } from '../reading.js';
import { changeEvent } from './change.js';
import { isPlace, placeOf, type Place } from './chat.js';
import { readContent, type ReadBody } from './content.js';
import { isAction, type Action } from './kind.js';
import { readKey } from './key.js';
import { contactOf } from './names.js';
import { stampOf, type Outer } from './outer.js';
import { readStub } from './stub.js';

/** Reads content for a message; the canonical broker passes one that also knows plain forms. */
export type ReadAnyContent = (content: JsonObject) => ReadBody | Action;

/** Everything about a message but its content. */
interface Head {
  id: string;
  isFromMe: boolean;
  place: Place;
  raw: JsonObject;
  outer: Outer;
}

/** One WAMessage: a message, a change to another message, or the reason why it is neither. */
export function readMessage(raw: JsonObject, outer: Outer, readAny: ReadAnyContent = readContent): Reading {
  const key = readKey(raw.key, raw.participant);
  const isFromMe = key.fromMe ?? outer.direction === 'OUTBOUND';
  const payloadType = isFromMe ? 'echo' : 'message';
  const id = key.id ?? outer.externalId;
  if (raw.category === 'peer') return ignored('peer_message', payloadType, id);
  if (id === null) {
    const issues = [{ path: 'message.key.id', message: 'the message has no id' }];
    return rejected('missing_id', { payloadType, issues });
  }
  const place = placeOf({ ...key, id }, { aliases: outer.aliases, isFromMe, payloadType });
  if (!isPlace(place)) return place;
  const result = readResult(raw, id, readAny);
  const head = { id, isFromMe, place, raw, outer };
  return isAction(result) ? change(result, head) : { event: message(result, head) };
}

function readResult(raw: JsonObject, id: string, readAny: ReadAnyContent): ReadBody | Action {
  const stub = readStub(raw.messageStubType);
  if (stub === 'revoke') return { action: 'revoke', targetId: id };
  if (isObject(raw.message)) return readAny(raw.message);
  if (stub === 'placeholder') return { type: 'UNSUPPORTED', quotedId: null, extra: { kind: 'placeholder' } };
  const reason: Reason = stub === 'system' ? 'system_message' : 'no_content';
  return { action: 'ignore', reason };
}

function message(body: ReadBody, { id, isFromMe, place, raw, outer }: Head): CanonicalMessage {
  return {
    kind: 'message',
    ...stampOf(outer, [raw.messageTimestamp]),
    chat: place.chat,
    externalId: id,
    direction: isFromMe ? 'OUTBOUND' : 'INBOUND',
    origin: outer.origin,
    contact: contactOf({
      told: outer.contact,
      aliases: place.aliases,
      pushName: raw.pushName,
      verifiedName: raw.verifiedBizName,
      isFromMe,
    }),
    author: place.author,
    type: body.type,
    content: body.content ?? null,
    caption: body.caption ?? null,
    media: body.media ?? null,
    location: body.location ?? null,
    contacts: body.contacts ?? null,
    quotedId: body.quotedId,
    placeholder: body.extra.kind === 'placeholder',
    extra: body.extra,
  };
}

function change(action: Action, { id, isFromMe, place, raw, outer }: Head): Reading {
  if (action.action === 'ignore') return ignored(action.reason, isFromMe ? 'echo' : 'message', id);
  const own = 'time' in action ? [action.time, raw.messageTimestamp] : [raw.messageTimestamp];
  const facts = {
    stamp: stampOf(outer, own),
    chat: place.chat,
    direction: isFromMe ? 'OUTBOUND' : 'INBOUND',
    actionId: id,
    author: isFromMe ? 'me' : (stableName(place.aliases) ?? place.chat.jid ?? id),
  } as const;
  return { event: changeEvent(action, facts) };
}
