// Contents that change another message: edits, revokes and reactions; and the protocol's own traffic.
import type { Reason } from '@recado/contracts';
import { idOf, isObject, nameOf, objectOf, textOf, type JsonObject } from '../json.js';
import { ignore, isAction, type Action, type ContentReader, type KindReader, type MessageBody } from './kind.js';
import { ephemeralSetting } from './line-kinds.js';

type ProtocolType = 'revoke' | 'edit' | 'ephemeral' | 'share' | 'other';
/** `protocolMessage.type` as number or name; the rest of the enum is the protocol's own (brokers.md 1.7). */
const PROTOCOL_TYPES = new Map<string, ProtocolType>([
  ['0', 'revoke'],
  ['REVOKE', 'revoke'],
  ['3', 'ephemeral'],
  ['EPHEMERAL_SETTING', 'ephemeral'],
  ['11', 'share'],
  ['SHARE_PHONE_NUMBER', 'share'],
  ['14', 'edit'],
  ['MESSAGE_EDIT', 'edit'],
]);

function protocolType(value: JsonObject): ProtocolType {
  const { type } = value;
  if (type === undefined || type === null) {
    // Serialisers that leave out default enum values lose REVOKE (0).
    return isObject(value.editedMessage) ? 'edit' : isObject(value.key) ? 'revoke' : 'other';
  }
  return PROTOCOL_TYPES.get(nameOf(type)?.toUpperCase() ?? '') ?? 'other';
}

/** The key inside is written from the sender's side: only its id is used. */
function protocol(value: JsonObject, readInner: ContentReader): MessageBody | Action {
  const type = protocolType(value);
  if (type === 'ephemeral') return ephemeralSetting(value.ephemeralExpiration);
  // Whoever was known by a hidden id alone lets us have the phone: the outer key tells both.
  if (type === 'share') return { action: 'identity', others: [], most: 0, orElse: 'protocol_message' };
  const targetId = idOf(objectOf(value.key).id);
  if (type === 'other' || targetId === null) return ignore('protocol_message');
  if (type === 'revoke') return { action: 'revoke', targetId };
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

/** Encrypted with a secret that only the phones have: that it happened is all that can be told. */
const UNREADABLE: [string, Reason][] = [
  ['encReactionMessage', 'unreadable_reaction'],
  ['pollUpdateMessage', 'poll_vote'],
  ['secretEncryptedMessage', 'unreadable_edit'],
  ['encCommentMessage', 'unreadable_reply'],
  ['encEventResponseMessage', 'unreadable_reply'],
];

export const CONTROL_KINDS: [string, KindReader][] = [
  ['protocolMessage', protocol],
  ['reactionMessage', (value) => readReaction(value)],
  ...UNREADABLE.map(([name, reason]): [string, KindReader] => [name, () => ignore(reason)]),
];
