// The context every content may carry: what it quotes, whether it was forwarded, which ad it came from.
import { countOf, cut, idOf, isObject, nameOf, numberOf, objectOf, shortName, type JsonObject } from '../json.js';

const LONGEST = 512;
const MOST_MENTIONS = 32;

/** Id of the quoted message, or null. */
export function quotedIdOf(context: unknown): string | null {
  return isObject(context) ? idOf(context.stanzaId) : null;
}

/** Flags of the context worth showing; empty when there is none. */
export function readContext(context: unknown): Record<string, unknown> {
  if (!isObject(context)) return {};
  const score = numberOf(context.forwardingScore) ?? 0;
  const isForwarded = context.isForwarded === true || score > 0;
  const mentions = mentionsOf(context.mentionedJid);
  const ad = adOf(context.externalAdReply);
  const entryPoint = shortName(context.entryPointConversionSource, LONGEST);
  return {
    ...(isForwarded && { forwarded: true }),
    ...(score > 0 && { forwardingScore: score }),
    ...((numberOf(context.expiration) ?? 0) > 0 && { ephemeral: true }),
    ...(mentions.length > 0 && { mentions }),
    ...(ad !== null && { ad }),
    ...(entryPoint !== null && { entryPoint }),
  };
}

/** By number and name of the protocol's enum. The second is the same picture or film once more, in more detail. */
const ASSOCIATIONS = new Map<unknown, 'album' | 'hd'>([
  [1, 'album'],
  ['MEDIA_ALBUM', 'album'],
  [5, 'hd'],
  ['HD_VIDEO_DUAL_UPLOAD', 'hd'],
  [10, 'hd'],
  ['HD_IMAGE_DUAL_UPLOAD', 'hd'],
]);

/** What a message belongs to: `album {parentId, index}`, or `hdOf`, the id of the same in less detail. */
export function readAssociation(association: JsonObject | null): Record<string, unknown> {
  const kind = ASSOCIATIONS.get(association?.associationType);
  const parentId = idOf(objectOf(association?.parentMessageKey).id);
  if (kind === undefined || parentId === null) return {};
  return kind === 'hd' ? { hdOf: parentId } : { album: { parentId, index: countOf(association?.messageIndex) } };
}

/** What is quoted, for a screen that does not have the message itself: its author, kind and first words. */
export function readQuote(context: unknown, look: (content: JsonObject) => Quoted | null): Record<string, unknown> {
  if (!isObject(context) || !isObject(context.quotedMessage)) return {};
  const quoted = look(context.quotedMessage);
  const [author, chat] = [shortName(context.participant, LONGEST), shortName(context.remoteJid, LONGEST)];
  if (quoted === null) return {};
  return {
    quoted: {
      author,
      kind: quoted.kind,
      text: quoted.text === null ? null : cut(quoted.text, LONGEST),
      ...(chat !== null && { chat }),
    },
  };
}

export interface Quoted {
  kind: string;
  text: string | null;
}

function mentionsOf(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return list
    .slice(0, MOST_MENTIONS)
    .map(nameOf)
    .filter((jid) => jid !== null);
}

function adOf(ad: unknown): Record<string, string> | null {
  if (!isObject(ad)) return null;
  const found: Record<string, string> = {};
  for (const name of ['title', 'body', 'sourceUrl', 'sourceId', 'sourceType', 'ctwaClid', 'mediaUrl']) {
    const text = shortName(ad[name], LONGEST);
    if (text !== null) found[name] = text;
  }
  return Object.keys(found).length === 0 ? null : found;
}
