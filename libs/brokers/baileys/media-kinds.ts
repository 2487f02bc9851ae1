// Image, video, audio, document and sticker contents.
import type { CanonicalMedia, MessageType } from '@recado/contracts';
import { countOf, nameOf, numberOf, textOf, type JsonObject } from '../json.js';
import { base64Of } from './base64.js';
import type { KindReader, MessageBody } from './kind.js';

const THUMBNAIL_LIMIT = 32 * 1024;
const WAVEFORM_LIMIT = 1024;
const HASH_LIMIT = 64;

const TYPES = {
  image: 'IMAGE',
  video: 'VIDEO',
  audio: 'AUDIO',
  document: 'DOCUMENT',
  sticker: 'STICKER',
} as const satisfies Record<CanonicalMedia['kind'], MessageType>;

/** The media part of a content. Thumbnails above 32 KB are left out. */
export function readMedia(kind: CanonicalMedia['kind'], value: JsonObject): CanonicalMedia {
  const seconds = numberOf(value.seconds);
  return {
    kind,
    mimeType: nameOf(value.mimetype),
    fileName: nameOf(value.fileName) ?? (kind === 'document' ? nameOf(value.title) : null),
    size: countOf(value.fileLength),
    width: countOf(value.width),
    height: countOf(value.height),
    durationSeconds: seconds !== null && seconds >= 0 ? seconds : null,
    voice: value.ptt === true,
    waveform: base64Of(value.waveform, WAVEFORM_LIMIT),
    thumbnail: base64Of(value.jpegThumbnail ?? value.pngThumbnail, THUMBNAIL_LIMIT),
    source: readSource(value),
  };
}

function readSource(value: JsonObject): CanonicalMedia['source'] {
  const source = {
    url: nameOf(value.url),
    directPath: nameOf(value.directPath),
    mediaKey: base64Of(value.mediaKey, HASH_LIMIT),
    fileSha256: base64Of(value.fileSha256, HASH_LIMIT),
    fileEncSha256: base64Of(value.fileEncSha256, HASH_LIMIT),
    id: null,
  };
  const isFetchable = source.url !== null || source.directPath !== null || source.mediaKey !== null;
  return isFetchable || source.fileSha256 !== null || source.fileEncSha256 !== null ? source : null;
}

function media(kind: CanonicalMedia['kind'], flags?: (value: JsonObject) => Record<string, unknown>): KindReader {
  return (value): MessageBody => ({
    type: TYPES[kind],
    caption: textOf(value.caption),
    media: readMedia(kind, value),
    extra: { ...flags?.(value), ...(value.viewOnce === true && { viewOnce: true }) },
  });
}

/** Highest rank first. */
export const MEDIA_KINDS: [string, KindReader][] = [
  ['imageMessage', media('image')],
  ['videoMessage', media('video', (value) => (value.gifPlayback === true ? { gif: true } : {}))],
  ['ptvMessage', media('video', () => ({ note: true }))],
  ['audioMessage', media('audio')],
  ['documentMessage', media('document')],
  [
    'stickerMessage',
    media('sticker', (value) => (value.isAnimated === true || value.isLottie === true ? { animated: true } : {})),
  ],
];
