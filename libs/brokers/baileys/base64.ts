// Bytes in the four JSON vintages of a protobuf (base64 text, Buffer objects, index maps) as base64 text.
import { isObject, type JsonObject } from '../json.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Base64 of the bytes, or null when there are none or more than `limit`. Never walks further than the limit. */
export function base64Of(value: unknown, limit: number): string | null {
  if (typeof value === 'string') return checked(value, limit);
  if (Array.isArray(value)) return encoded(value, limit);
  if (!isObject(value)) return null;
  if (value.type === 'Buffer' || 'data' in value) return base64Of(value.data, limit);
  return encoded(indexMap(value, limit), limit);
}

/** The bytes of what `base64Of` gave. */
export function bytesOf(base64: string): Uint8Array {
  const text = base64.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  for (let at = 0, filled = 0; at < text.length; at++) {
    bits = ((bits << 6) | ALPHABET.indexOf(text.charAt(at))) & 0xff_ff;
    const waiting = (at % 4) * 2;
    if (waiting > 0) bytes[filled++] = (bits >> (6 - waiting)) & 0xff;
  }
  return bytes;
}

function checked(text: string, limit: number): string | null {
  if (text.length === 0 || text.length > Math.ceil(limit / 3) * 4) return null;
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  if (!BASE64.test(standard)) return null;
  const padded = standard.padEnd(Math.ceil(standard.length / 4) * 4, '=');
  const padding = padded.endsWith('==') ? 2 : padded.endsWith('=') ? 1 : 0;
  return (padded.length / 4) * 3 - padding > limit ? null : padded;
}

/** A Uint8Array after a JSON round trip: `{"0":1,"1":2,…}`. */
function indexMap(map: JsonObject, limit: number): unknown[] {
  const bytes: unknown[] = [];
  for (let at = 0; at <= limit; at++) {
    const byte = map[at];
    if (byte === undefined) break;
    bytes.push(byte);
  }
  return bytes;
}

function encoded(bytes: unknown[], limit: number): string | null {
  if (bytes.length === 0 || bytes.length > limit) return null;
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [first, second, third] = [bytes[at], bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
    if (!isByte(first) || !isByte(second) || !isByte(third)) return null;
    const group = (first << 16) | (second << 8) | third;
    for (const shift of [18, 12, 6, 0]) text += ALPHABET[(group >> shift) & 63];
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  return missing === 0 ? text : text.slice(0, -missing) + '='.repeat(missing);
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
}
