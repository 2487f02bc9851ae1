// A raw WAMessage (key, content or stub, profile name) as one canonical event.
import type { CanonicalMessage } from '@recado/contracts';
import { stableName } from '../aliases.js';
import { isObject, type JsonObject } from '../json.js';
import { ignored, rejected, type Reading } from '../reading.js';
import { changeEvent } from './change.js';
import { isPlace, placeOf, type Place } from './chat.js';
import { readContent, type ReadBody } from './content.js';
import { ignore, isAction, type Action } from './kind.js';
import { readKey } from './key.js';
import { readLine } from './line-kinds.js';
import { contactOf } from './names.js';
import { stampOf, type Outer } from './outer.js';
import { samePerson } from './people.js';
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

/** The content, unless it says nothing: then what stands in its place. */
function readResult(raw: JsonObject, id: string, readAny: ReadAnyContent): ReadBody | Action {
  if (readStub(raw.messageStubType)?.is === 'revoke') return { action: 'revoke', targetId: id };
  const content = isObject(raw.message) ? readAny(raw.message) : ignore('no_content');
  if (!isAction(content) || content.action !== 'ignore' || content.reason !== 'no_content') return content;
  const line = readLine(raw) ?? content;
  return isAction(line) ? line : { ...line, quotedId: null, extra: line.extra ?? {} };
}

function message(body: ReadBody, { id, isFromMe, place, raw, outer }: Head): CanonicalMessage {
  return {
    kind: 'message',
    ...stampOf(outer, [raw.messageTimestamp]),
    chat: place.chat,
    externalId: id,
    direction: isFromMe ? 'OUTBOUND' : 'INBOUND',
    origin: body.quiet === true ? 'history' : outer.origin,
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
    placeholder: body.placeholder === true,
    extra: body.extra,
  };
}

function change(action: Action, { id, isFromMe, place, raw, outer }: Head): Reading {
  if (action.action === 'ignore') return ignored(action.reason, isFromMe ? 'echo' : 'message', id);
  if (action.action === 'identity') return samePerson(action, { place, outer, time: raw.messageTimestamp, id });
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
