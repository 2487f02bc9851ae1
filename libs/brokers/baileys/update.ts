// `messages.update`: acks, failures, and the edits and revokes that travel the same way.
import type { CanonicalMessage } from '@recado/contracts';
import { cut, isObject, nameOf, objectOf, type JsonObject } from '../json.js';
import { ignored, rejected, type Reading } from '../reading.js';
import type { Change } from './change.js';
import { isPlace, placeOf } from './chat.js';
import { readContent } from './content.js';
import { readEdit } from './control-kinds.js';
import { readKey, type MessageKey } from './key.js';
import { readMessage } from './message.js';
import { stampOf, type Outer } from './outer.js';
import { readStatus } from './status.js';
import { readStub } from './stub.js';

/** One `{key, update}`. Also flat: `{key | id, remoteJid, fromMe, status, …}`. */
export function readUpdate(raw: JsonObject, outer: Outer): Reading {
  const update = isObject(raw.update) ? raw.update : raw;
  const key = readKey(isObject(raw.key) ? raw.key : { ...raw, id: raw.id ?? raw.messageId });
  const target = targetOf(key, outer);
  if (!isTarget(target)) return target;
  const change = readChange(update, target.id);
  if (change !== null) return changed(change, { update, target, outer });
  const status = readStatus(update.status);
  if (status !== null) {
    const failure = status === 'FAILED' ? failureOf(update.messageStubParameters) : null;
    return { event: statusEvent(target, { status, failure, time: update.messageTimestamp, outer }) };
  }
  // A message that could not be read at first comes back whole.
  if (update !== raw && isObject(update.message)) return readMessage({ ...update, key: raw.key }, outer);
  // Votes that the gateway could read: who chose what is not kept yet.
  if (Array.isArray(update.pollUpdates)) return ignored('poll_vote', 'status', target.id);
  return ignored('no_status', 'status', target.id);
}

export interface Target {
  id: string;
  chat: CanonicalMessage['chat'];
  /** null when the key does not say. */
  direction: 'INBOUND' | 'OUTBOUND' | null;
}

/** The message a key points at. Its chat may be untold: then it is a person without names. */
export function targetOf(key: MessageKey, outer: Outer): Target | Reading {
  const { id, fromMe } = key;
  if (id === null) {
    const issues = [{ path: 'key.id', message: 'the update names no message' }];
    return rejected('missing_id', { payloadType: 'status', issues });
  }
  const direction = fromMe === null ? null : fromMe ? 'OUTBOUND' : 'INBOUND';
  if (key.chat === null && key.chatAliases.length === 0 && outer.aliases.length === 0) {
    return { id, direction, chat: { kind: 'person', jid: null, aliases: [] } };
  }
  const place = placeOf(key, { aliases: outer.aliases, isFromMe: fromMe === true, payloadType: 'status' });
  return isPlace(place) ? { id, direction, chat: place.chat } : place;
}

export function isTarget(found: Target | Reading): found is Target {
  return 'chat' in found;
}

interface Facts {
  status: NonNullable<ReturnType<typeof readStatus>>;
  failure: string | null;
  time: unknown;
  outer: Outer;
}

/** The status event of a target. */
export function statusEvent(target: Target, { status, failure, time, outer }: Facts) {
  return {
    kind: 'status',
    ...stampOf(outer, [time]),
    targetId: target.id,
    chat: target.chat,
    targetDirection: target.direction,
    status,
    failure,
  } as const;
}

type EditOrRevoke = Extract<Change, { action: 'edit' | 'revoke' }>;

function readChange(update: JsonObject, targetId: string): EditOrRevoke | null {
  if (readStub(update.messageStubType)?.is === 'revoke') return { action: 'revoke', targetId };
  const edited = objectOf(objectOf(update.message).editedMessage).message;
  const edit = readEdit({ content: edited, targetId, time: update.messageTimestamp }, readContent);
  return edit?.action === 'edit' ? edit : null;
}

interface Changed {
  update: JsonObject;
  target: Target;
  outer: Outer;
}

/** The key is the target's own here, so its direction is known even where the act's author is not. */
function changed(change: EditOrRevoke, { update, target, outer }: Changed): Reading {
  const stamp = stampOf(outer, [update.messageTimestamp]);
  const at = { ...stamp, targetId: target.id, chat: target.chat, targetDirection: target.direction };
  if (change.action === 'revoke') {
    return { event: { kind: 'revoke', ...at, actionId: readKey(update.key).id ?? target.id } };
  }
  const { content, caption } = change;
  // An edit told this way has no id of its own; its time and words tell two edits of one message apart.
  const text = content ?? caption ?? '';
  const actionId = `${target.id}:${stamp.at ?? ''}:${text.length}:${cut(text, 64)}`;
  return { event: { kind: 'edit', ...at, actionId, content, caption } };
}

/** Baileys tells the reason of a failed send by its stub parameters, such as `["463"]`. */
function failureOf(parameters: unknown): string | null {
  if (!Array.isArray(parameters)) return null;
  const texts = parameters.slice(0, 4).map(nameOf);
  return cut(texts.filter((text) => text !== null).join(', '), 500) || null;
}
