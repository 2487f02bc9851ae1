// The context every content may carry: what it quotes, whether it was forwarded, which ad it came from.
import { firstName, idOf, isObject, nameOf, numberOf, objectOf, type JsonObject } from '../json.js';

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
  return {
    ...(isForwarded && { forwarded: true }),
    ...(score > 0 && { forwardingScore: score }),
    ...((numberOf(context.expiration) ?? 0) > 0 && { ephemeral: true }),
    ...(mentions.length > 0 && { mentions }),
    ...(ad !== null && { ad }),
  };
}

/** Id of the album a picture belongs to, told beside the content. */
export function albumIdOf(messageContextInfo: JsonObject | null): string | null {
  const association = objectOf(messageContextInfo?.messageAssociation);
  const isAlbum = association.associationType === 1 || association.associationType === 'MEDIA_ALBUM';
  return isAlbum ? idOf(objectOf(association.parentMessageKey).id) : null;
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
  for (const name of ['title', 'body', 'sourceUrl', 'sourceId', 'sourceType', 'ctwaClid']) {
    const text = firstName(ad[name]);
    if (text !== null) found[name] = text.slice(0, LONGEST);
  }
  return Object.keys(found).length === 0 ? null : found;
}
