// Secrets at rest: AES-256-GCM, bound to the place they are stored in.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a JSON value under a 32-byte key. `place` (such as `instances.webhook:instance-42`) is authenticated too, so
 * that a sealed value copied to another row does not open. Layout: version, iv, tag, ciphertext.
 */
export function seal(key: Uint8Array, value: unknown, place: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), sealed]);
}

/** Decrypts what `seal` made. Throws when the key, the place or any byte differs. */
export function unseal(key: Uint8Array, sealed: Buffer, place: string): unknown {
  if (sealed[0] !== VERSION) throw new Error('a sealed value of an unknown version');
  const iv = sealed.subarray(1, 1 + IV_BYTES);
  const tag = sealed.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(place)).setAuthTag(tag);
  const text = Buffer.concat([decipher.update(sealed.subarray(1 + IV_BYTES + TAG_BYTES)), decipher.final()]);
  return JSON.parse(text.toString('utf8'));
}
