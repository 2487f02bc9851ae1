// What a screen shows of a message, and its hash: made by the traffic from what was meant, by the oracle from what REST and sockets show.
import { createHash } from 'node:crypto';

/** Media as it is described; sizes in bytes, waveform and thumbnail in base64. */
export interface ShownMedia {
  mimeType: string | null;
  fileName: string | null;
  size: number | null;
  width: number | null;
  height: number | null;
  durationSeconds: number | null;
  voice: boolean;
  waveform: string | null;
  thumbnail: string | null;
}

/** Everything of a message that must come out as it went in. */
export interface Content {
  type: string;
  content: string | null;
  caption: string | null;
  media: ShownMedia | null;
  location: { latitude: number; longitude: number; name: string | null; address: string | null } | null;
  contacts: { name: string | null; phones: string[] }[] | null;
  quotedId: string | null;
}

/** A content of which only the type and some parts are given. */
export function contentOf(parts: Partial<Content> & { type: string }): Content {
  return { content: null, caption: null, media: null, location: null, contacts: null, quotedId: null, ...parts };
}

/** Media of which only some parts are given. */
export function mediaOf(parts: Partial<ShownMedia>): ShownMedia {
  return {
    mimeType: null,
    fileName: null,
    size: null,
    width: null,
    height: null,
    durationSeconds: null,
    voice: false,
    waveform: null,
    thumbnail: null,
    ...parts,
  };
}

/** 16 hex digits that stand for a content. */
export function hashContent(shown: Content): string {
  const { type, content, caption, media, location, contacts, quotedId } = shown;
  const parts = [
    type,
    content,
    caption,
    media && [
      media.mimeType,
      media.fileName,
      media.size,
      media.width,
      media.height,
      media.durationSeconds,
      media.voice,
    ],
    media && [media.waveform, media.thumbnail],
    location && [location.latitude, location.longitude, location.name ?? null, location.address ?? null],
    contacts && contacts.map(({ name, phones }) => [name, phones]),
    quotedId,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
