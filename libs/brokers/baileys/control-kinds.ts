// Contents that change another message: edits, revokes and reactions; and the protocol's own traffic.
import { idOf, isObject, nameOf, objectOf, textOf, type JsonObject } from '../json.js';
import { ignore, isAction, type Action, type ContentReader, type KindReader } from './kind.js';

/** `protocolMessage.type` as number, numeric text or name; the rest of the enum is the protocol's own. */
function protocolType(value: JsonObject): 'REVOKE' | 'EDIT' | 'OTHER' {
  const { type } = value;
  if (type === undefined || type === null) {
    // Serialisers that leave out default enum values lose REVOKE (0).
    return isObject(value.editedMessage) ? 'EDIT' : isObject(value.key) ? 'REVOKE' : 'OTHER';
  }
  const name = nameOf(type)?.toUpperCase();
  if (name === '0' || name === 'REVOKE') return 'REVOKE';
  return name === '14' || name === 'MESSAGE_EDIT' ? 'EDIT' : 'OTHER';
}

/** The key inside is written from the sender's side: only its id is used. */
function protocol(value: JsonObject, readInner: ContentReader): Action {
  const type = protocolType(value);
  const targetId = idOf(objectOf(value.key).id);
  if (type === 'OTHER' || targetId === null) return ignore('protocol_message');
  if (type === 'REVOKE') return { action: 'revoke', targetId };
  const edit = { content: value.editedMessage, targetId, time: value.timestampMs };
  return readEdit(edit, readInner) ?? ignore('protocol_message');
}

interface Edit {
  content: unknown;
  targetId: string;
  time: unknown;
}

/** An edit from its new content; null when the content says nothing. */
export function readEdit({ content, targetId, time }: Edit, readInner: ContentReader): Action | null {
  if (!isObject(content)) return null;
  const body = readInner(content);
  if (isAction(body)) return null;
  return { action: 'edit', targetId, time, content: body.content ?? null, caption: body.caption ?? null };
}

/** A reaction to the message its key names; a missing text takes it back. */
export function readReaction(value: JsonObject, key: unknown = value.key): Action {
  const targetId = idOf(objectOf(key).id);
  if (targetId === null) return ignore('protocol_message');
  return { action: 'reaction', targetId, emoji: textOf(value.text) ?? '', time: value.senderTimestampMs };
}

export const CONTROL_KINDS: [string, KindReader][] = [
  ['protocolMessage', protocol],
  ['reactionMessage', (value) => readReaction(value)],
];
