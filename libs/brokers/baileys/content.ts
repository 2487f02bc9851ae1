// One Baileys content object read: the kind by priority, its text, media and flags.
import { firstName, isObject, objectOf, textOf, type JsonObject } from '../json.js';
import { quotedIdOf, readAssociation, readContext, readQuote, type Quoted } from './context-info.js';
import { CONTROL_KINDS } from './control-kinds.js';
import { ignore, isAction, type Action, type KindReader, type MessageBody } from './kind.js';
import { LINE_KINDS } from './line-kinds.js';
import { MEDIA_KINDS } from './media-kinds.js';
import { OFFER_KINDS } from './offer-kinds.js';
import { OTHER_KINDS } from './other-kinds.js';
import { PLACE_KINDS } from './place-kinds.js';
import { REPLY_KINDS, TEXT_KINDS } from './reply-kinds.js';
import { unwrap, type Unwrapped } from './unwrap.js';

/** A message body with everything its wrappers and context added. */
export interface ReadBody extends MessageBody {
  quotedId: string | null;
  extra: Record<string, unknown>;
}

interface Kind {
  name: string;
  /** Lower wins: key order does not survive JSON and databases. */
  rank: number;
  read: KindReader;
}

/** Keys that accompany a message and are none themselves. */
export const COMPANIONS = new Set([
  'messageContextInfo',
  'senderKeyDistributionMessage',
  'fastRatchetKeySenderKeyDistributionMessage',
]);
/** By priority: media before places, changes, replies and the rest; text last. */
const KINDS = new Map<string, Kind>(
  [
    ...MEDIA_KINDS,
    ...PLACE_KINDS,
    ...CONTROL_KINDS,
    ...REPLY_KINDS,
    ...OFFER_KINDS,
    ...OTHER_KINDS,
    ...LINE_KINDS,
    ...TEXT_KINDS,
  ].map(([name, read], rank) => [name, { name, rank, read }]),
);
const UNKNOWN_RANK = KINDS.size;

/** Whether an object looks like a Baileys content at all. */
export function isContent(value: JsonObject): boolean {
  for (const name in value) {
    if (name === 'quotedMessage' || COMPANIONS.has(name)) continue;
    const told = value[name];
    if (name === 'conversation' ? typeof told === 'string' || told === null : isKindName(name) && isKindValue(told)) {
      return true;
    }
  }
  return false;
}

function isKindName(name: string): boolean {
  return name.endsWith('Message') || KINDS.has(name);
}

/** Kinds that are not set are null in some vintages; a flag such as `isGroupMessage` is none. */
function isKindValue(value: unknown): boolean {
  return value === null || isObject(value);
}

/** Whether the reading found nothing that this list knows: words beside it would say more. */
export function saysNothing(read: ReadBody | Action): boolean {
  if (isAction(read)) return read.action === 'ignore' && read.reason === 'no_content';
  return read.type === 'UNSUPPORTED' && typeof read.extra.kind === 'string' && !KINDS.has(read.extra.kind);
}

/** Reads a content. The media kind wins the type; plain text beside it stays `content`. */
export function readContent(message: JsonObject): ReadBody | Action {
  const unwrapped = unwrap(message);
  const { content } = unwrapped;
  const kind = pickKind(content);
  const conversation = textOf(content.conversation);
  if (kind === null || (kind.rank === UNKNOWN_RANK && conversation !== null)) {
    if (conversation === null) return ignore('no_content');
    return finish({ type: 'TEXT', content: conversation }, { kind: 'conversation', context: null, unwrapped });
  }
  const value = content[kind.name] as JsonObject;
  // A wrapper that is newer than this list.
  if (kind.rank === UNKNOWN_RANK && isObject(value.message) && !unwrapped.isCut) {
    const inner = readContent(value.message);
    return isAction(inner) ? inner : flagged(inner, unwrapped);
  }
  const body = kind.read(value, readContent);
  const beside = kind.name === 'extendedTextMessage' ? null : content.extendedTextMessage;
  const words = conversation ?? (isObject(beside) ? textOf(beside.text) : null);
  if (isAction(body)) {
    // The protocol's own traffic beside words: the words were meant for somebody.
    if (body.action !== 'ignore' || !words) return body;
    return isObject(beside)
      ? readContent({ extendedTextMessage: beside, conversation })
      : finish({ type: 'TEXT', content: words }, { kind: 'conversation', context: null, unwrapped });
  }
  body.content ??= words;
  return finish(body, { kind: kind.name, context: value.contextInfo, unwrapped });
}

function pickKind(content: JsonObject): Kind | null {
  let best: Kind | null = null;
  for (const name in content) {
    if (!isObject(content[name]) || COMPANIONS.has(name)) continue;
    const kind = KINDS.get(name) ?? unknownKind(name);
    if (kind !== null && (best === null || kind.rank < best.rank)) best = kind;
  }
  return best;
}

function unknownKind(name: string): Kind | null {
  if (!name.includes('Message') || name.length > 64) return null;
  return { name, rank: UNKNOWN_RANK, read: () => ({ type: 'UNSUPPORTED' }) };
}

interface Around {
  kind: string;
  context: unknown;
  unwrapped: Unwrapped;
}

function finish(body: MessageBody, { kind, context, unwrapped }: Around): ReadBody {
  const extra: Record<string, unknown> = {
    kind,
    ...body.extra,
    ...readContext(context),
    ...readQuote(context, lookAt),
    ...readAssociation(unwrapped.association),
  };
  // Not a spread: adding to one costs more than reading the content.
  return flagged(Object.assign(body, { extra, quotedId: quotedIdOf(context) }), unwrapped);
}

/** The flags that the wrappers around a content tell. */
function flagged(body: ReadBody, { isEphemeral, isViewOnce, isLottie }: Unwrapped): ReadBody {
  if (isEphemeral) body.extra.ephemeral = true;
  if (isViewOnce) body.extra.viewOnce = true;
  if (isLottie) body.extra.animated = true;
  return body;
}

/** A quoted content by its kind and words alone: its media is somewhere else. */
function lookAt(message: JsonObject): Quoted | null {
  const { content } = unwrap(message);
  const kind = pickKind(content)?.name ?? 'conversation';
  const value = objectOf(content[kind]);
  const { text, caption, contentText, body, name, displayName, title, selectedDisplayText, description } = value;
  const words = [text, caption, contentText, objectOf(body).text, name, displayName, selectedDisplayText];
  const told = firstName(content.conversation, ...words, title, description);
  return kind === 'conversation' && told === null ? null : { kind, text: told };
}
