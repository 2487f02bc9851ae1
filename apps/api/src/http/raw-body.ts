// The body of a request as bytes: bounded while it is read, unpacked within the same bound.
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { RecadoError } from '../errors.js';

const UNPACK = { gzip: promisify(gunzip), 'x-gzip': promisify(gunzip), deflate: promisify(inflate) };
const JSON_TYPE = /^(?:application|text)\/(?:[\w.+-]+\+)?json$/i;

/**
 * Reads a JSON body's bytes; a request without a body gives an empty buffer. Throws BODY_TOO_LARGE above `maxBytes`
 * (before reading, while reading, or unpacked), MEDIA_TYPE_UNSUPPORTED for another type, charset or encoding,
 * BODY_INVALID when the body breaks off or does not unpack. A body that never ends is cut by the server's time-outs.
 */
export async function readRawBody(req: IncomingMessage, { maxBytes }: { maxBytes: number }): Promise<Buffer> {
  const { headers } = req;
  if (headers['content-type'] !== undefined) assertJsonType(headers['content-type']);
  const unpack = unpacker(headers['content-encoding']);
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw new RecadoError('BODY_TOO_LARGE');
  const bytes = await collect(req, maxBytes);
  if (!unpack || bytes.length === 0) return bytes;
  try {
    return await unpack(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    const isBomb = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    throw new RecadoError(isBomb ? 'BODY_TOO_LARGE' : 'BODY_INVALID', { cause });
  }
}

function assertJsonType(header: string): void {
  const [type = '', ...parameters] = header.split(';').map((part) => part.trim());
  const charset = parameters.find((part) => /^charset=/i.test(part));
  if (!JSON_TYPE.test(type) || (charset && !/^charset="?utf-?8"?$/i.test(charset))) {
    throw new RecadoError('MEDIA_TYPE_UNSUPPORTED');
  }
}

function unpacker(header: string | undefined) {
  const encoding = header?.trim().toLowerCase();
  if (!encoding || encoding === 'identity') return null;
  if (Object.hasOwn(UNPACK, encoding)) return UNPACK[encoding as keyof typeof UNPACK];
  throw new RecadoError('MEDIA_TYPE_UNSUPPORTED');
}

function collect(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    req.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBytes) chunks.push(chunk);
      else {
        // The rest flows away unread until the answer has closed the connection.
        chunks.length = 0;
        reject(new RecadoError('BODY_TOO_LARGE'));
      }
    });
    req.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    req.on('error', (cause) => reject(new RecadoError('BODY_INVALID', { message: 'The body broke off.', cause })));
    req.on('close', () => {
      if (!req.complete) reject(new RecadoError('BODY_INVALID', { message: 'The body broke off.' }));
    });
  });
}
