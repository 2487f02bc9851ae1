// Pictures, videos, voice notes, documents and stickers, described as a gateway describes them: encrypted somewhere else.
import { contentOf, mediaOf } from '../content.js';
import type { ShownMedia } from '../content.js';
import type { Random } from '../random.js';
import type { Body, Making } from './body.js';
import { Int64 } from './vintage.js';

/** Where the encrypted bytes are, and a size that may need 64 bits. */
function file(random: Random, n: number): { source: Record<string, unknown>; size: number } {
  const size = random.happens(0.02) ? 5_000_000_000 + n : random.whole(900, 4_000_000);
  const source = {
    url: `https://mmg.whatsapp.net/v/t62.7118-24/${n}?ccb=11-4`,
    directPath: `/v/t62.7118-24/${n}`,
    mediaKey: bytes(random, 32),
    fileSha256: bytes(random, 32),
    fileEncSha256: bytes(random, 32),
    fileLength: new Int64(size),
    mediaKeyTimestamp: new Int64(1_749_300_000 + n),
  };
  return { source, size };
}

function bytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.whole(0, 255));
}

function base64(of: Uint8Array): string {
  return Buffer.from(of).toString('base64');
}

/** `imageMessage`, with a caption or without; the caption can be edited. */
export function image({ random, text, n }: Making): Body {
  const { source, size } = file(random, n);
  const thumbnail = bytes(random, random.whole(20, 200));
  const [width, height] = [random.whole(100, 4_000), random.whole(100, 4_000)];
  const caption = random.happens(0.6) ? text : null;
  const media = mediaOf({ mimeType: 'image/jpeg', size, width, height, thumbnail: base64(thumbnail) });
  const head = { ...source, mimetype: 'image/jpeg', width, height, jpegThumbnail: thumbnail };
  function made(words: string | null) {
    const message = { imageMessage: { ...head, ...(words !== null && { caption: words }) } };
    return { message, shown: contentOf({ type: 'IMAGE', caption: words, media }) };
  }
  return { ...made(caption), edited: made };
}

/** `videoMessage`, some of them GIFs, some round notes. */
export function video({ random, text, n }: Making): Body {
  const { source, size } = file(random, n);
  const seconds = random.whole(1, 600);
  const isNote = random.happens(0.2);
  const shownMedia: Partial<ShownMedia> = {
    mimeType: 'video/mp4',
    size,
    width: 480,
    height: 848,
    durationSeconds: seconds,
  };
  const head = { ...source, mimetype: 'video/mp4', seconds, width: 480, height: 848 };
  const media = mediaOf(shownMedia);
  if (isNote) return { message: { ptvMessage: head }, shown: contentOf({ type: 'VIDEO', media }) };
  const message = { videoMessage: { ...head, caption: text, gifPlayback: random.happens(0.3) } };
  return { message, shown: contentOf({ type: 'VIDEO', caption: text, media }) };
}

/** `audioMessage`: a voice note with its waveform. */
export function voice({ random, n }: Making): Body {
  const { source, size } = file(random, n);
  const seconds = random.whole(1, 180);
  const mimetype = 'audio/ogg; codecs=opus';
  const waveform = bytes(random, 64);
  return {
    message: { audioMessage: { ...source, mimetype, seconds, ptt: true, waveform } },
    shown: contentOf({
      type: 'AUDIO',
      media: mediaOf({ mimeType: mimetype, size, durationSeconds: seconds, voice: true, waveform: base64(waveform) }),
    }),
  };
}

/** `documentMessage`, bare or in the wrapper that carries a caption. */
export function document({ random, text, n }: Making): Body {
  const { source, size } = file(random, n);
  const fileName = `Orçamento nº ${n}.pdf`;
  const head = { ...source, mimetype: 'application/pdf', fileName, title: fileName, pageCount: 2 };
  const media = mediaOf({ mimeType: 'application/pdf', fileName, size });
  if (random.happens(0.5)) return { message: { documentMessage: head }, shown: contentOf({ type: 'DOCUMENT', media }) };
  const wrapped = { documentMessage: { ...head, caption: text } };
  return {
    message: { documentWithCaptionMessage: { message: wrapped } },
    shown: contentOf({ type: 'DOCUMENT', caption: text, media }),
  };
}

/** `stickerMessage`. */
export function sticker({ random, n }: Making): Body {
  const { source, size } = file(random, n);
  const head = { ...source, mimetype: 'image/webp', width: 512, height: 512, isAnimated: random.happens(0.3) };
  const media = mediaOf({ mimeType: 'image/webp', size, width: 512, height: 512 });
  return { message: { stickerMessage: head }, shown: contentOf({ type: 'STICKER', media }) };
}
