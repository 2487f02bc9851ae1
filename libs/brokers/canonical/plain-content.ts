// Free-form messages that are not Baileys: `{type, text | body | content, media | url, location, contacts}`.
import type { CanonicalMedia, ContactCard, MessageType } from '@recado/contracts';
import { COMPANIONS, isContent, readContent, saysNothing, type ReadBody } from '../baileys/content.js';
import { ignore, isAction, type Action } from '../baileys/kind.js';
import { MOST_CARDS, readPlace } from '../baileys/place-kinds.js';
import { readCard } from '../baileys/vcard.js';
import {
  countOf,
  cut,
  firstName,
  isObject,
  nameOf,
  numberOf,
  objectOf,
  objectsOf,
  textOf,
  type JsonObject,
} from '../json.js';

const MEDIA_TYPES: Record<string, CanonicalMedia['kind']> = {
  image: 'image',
  video: 'video',
  audio: 'audio',
  ptt: 'audio',
  voice: 'audio',
  document: 'document',
  file: 'document',
  sticker: 'sticker',
};
/** Keys that say nothing about what a message shows. */
const HEAD_KEYS = new Set([
  ...COMPANIONS,
  'id',
  'key',
  'type',
  'messageId',
  'timestamp',
  'messageTimestamp',
  'pushName',
  'from',
  'to',
  'fromMe',
  'category',
  'status',
  'broadcast',
  'multicast',
  'participant',
  'participantAlt',
  'verifiedBizName',
  'messageStubType',
  'messageStubParameters',
  'messageC2STimestamp',
  'messageSecret',
  'deviceSource',
  'retryCount',
  'starred',
  'userReceipt',
]);

/** Reads a content of either make. One that says something we cannot read is UNSUPPORTED, never lost. */
export function readAnyContent(content: JsonObject): ReadBody | Action {
  if (!isContent(content)) return readPlainContent(content);
  const read = readContent(content);
  if (!saysNothing(read)) return read;
  const plain = readPlainContent(content);
  return isAction(plain) || plain.type === 'UNSUPPORTED' ? read : plain;
}

/** Whether nothing beside a key shows anything: then it is a whole message without content. */
export function isHead(message: JsonObject): boolean {
  return Object.keys(message).every((key) => HEAD_KEYS.has(key) || message[key] === null);
}

function readPlainContent(message: JsonObject): ReadBody | Action {
  const type = (nameOf(message.type) ?? '').toLowerCase();
  const nested = objectOf(message[type]);
  const kind = Object.hasOwn(MEDIA_TYPES, type) ? MEDIA_TYPES[type] : undefined;
  const media = readPlainMedia(message, nested, kind);
  const place = isObject(message.location) ? message.location : message;
  const location = readPlace({
    ...place,
    latitude: place.latitude ?? place.lat,
    longitude: place.longitude ?? place.lng,
  });
  const contacts = readPlainCards(message);
  const text = plainText(message);
  const base = {
    content: text,
    caption: textOf(message.caption) ?? textOf(nested.caption) ?? textOf(objectOf(message.media).caption),
    media,
    location,
    contacts,
    quotedId: firstName(message.quotedId, message.quotedMessageId, objectOf(message.context).id),
    extra: { kind: type === '' ? 'plain' : cut(type, 64) },
  };
  const found = typeOf(base, type);
  if (found !== null) return { ...base, type: found };
  return isHead(message) && type === '' ? ignore('no_content') : { ...base, type: 'UNSUPPORTED' };
}

interface Parts {
  content: string | null;
  media: CanonicalMedia | null;
  location: unknown;
  contacts: ContactCard[] | null;
}

function typeOf({ content, media, location, contacts }: Parts, type: string): MessageType | null {
  if (media !== null) return media.kind.toUpperCase() as Uppercase<CanonicalMedia['kind']>;
  if (location !== null || type === 'location') return 'LOCATION';
  if (contacts !== null) return 'CONTACTS';
  return content === null ? null : 'TEXT';
}

function plainText(message: JsonObject): string | null {
  for (const value of [message.text, message.body, message.content]) {
    const text = isObject(value) ? (textOf(value.body) ?? textOf(value.text)) : textOf(value);
    if (text !== null) return text;
  }
  return null;
}

function readPlainMedia(
  message: JsonObject,
  nested: JsonObject,
  told: CanonicalMedia['kind'] | undefined,
): CanonicalMedia | null {
  const media: JsonObject = { ...objectOf(message.media), ...nested };
  const url = firstName(media.url, media.link, message.mediaUrl, message.url);
  const mimeType = firstName(media.mimetype, media.mimeType, media.mime_type, message.mimetype, message.mimeType);
  const kind = told ?? (isObject(message.media) || message.mediaUrl !== undefined ? kindOfMime(mimeType) : undefined);
  if (kind === undefined) return null;
  const seconds = numberOf(media.seconds ?? media.durationSeconds ?? media.duration);
  return {
    kind,
    mimeType,
    fileName: firstName(media.fileName, media.filename, message.fileName, message.filename),
    size: countOf(media.size ?? media.fileLength ?? message.size),
    width: countOf(media.width),
    height: countOf(media.height),
    durationSeconds: seconds !== null && seconds >= 0 ? seconds : null,
    voice: message.type === 'ptt' || message.type === 'voice' || media.ptt === true,
    waveform: null,
    thumbnail: null,
    source:
      url === null ? null : { url, directPath: null, mediaKey: null, fileSha256: null, fileEncSha256: null, id: null },
  };
}

function kindOfMime(mimeType: string | null): CanonicalMedia['kind'] {
  const family = mimeType?.split('/')[0];
  return family === 'image' || family === 'video' || family === 'audio' ? family : 'document';
}

function readPlainCards(message: JsonObject): ContactCard[] | null {
  const cards = objectsOf(message.contacts)
    .slice(0, MOST_CARDS)
    .map((card) => {
      const read = readCard(card.name ?? card.displayName, card.vcard);
      const phones = Array.isArray(card.phones)
        ? card.phones.map((phone) => firstName(phone, objectOf(phone).phone))
        : [];
      return { ...read, phones: [...new Set([...read.phones, ...phones.filter((phone) => phone !== null)])] };
    });
  return cards.length === 0 ? null : cards;
}
