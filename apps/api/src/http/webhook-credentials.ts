// Who may post: a key or a signature on the raw bytes, compared in constant time (DESIGN 4.1, clients "Brokers posting").
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What opens a door: nothing set means nobody comes in. */
export interface WebhookCredentials {
  apiKey: string | null;
  /** Newest first; two while they are rotated. */
  hmacSecrets: string[];
}

const SIGNATURE_HEADERS = [
  'x-signature-sha256',
  'x-webhook-signature-sha256',
  'x-webhook-signature',
  'x-signature',
  'x-hub-signature-256',
];

/** Whether anything is configured at all. */
export function isConfigured({ apiKey, hmacSecrets }: WebhookCredentials): boolean {
  return apiKey !== null || hmacSecrets.length > 0;
}

/** Whether the request brings a credential of any kind. */
export function presentsCredential(headers: IncomingHttpHeaders): boolean {
  return presentedKey(headers) !== null || presentedSignatures(headers).length > 0;
}

/** Whether the request's key or signature is right. Where signatures are demanded a key is no substitute. */
export function opens(
  credentials: WebhookCredentials,
  request: { headers: IncomingHttpHeaders; bytes: Buffer },
  { demandSignature }: { demandSignature: boolean },
): boolean {
  if (isSigned(credentials.hmacSecrets, request)) return true;
  if (demandSignature && credentials.hmacSecrets.length > 0) return false;
  const key = presentedKey(request.headers);
  return key !== null && credentials.apiKey !== null && isSame(key, credentials.apiKey);
}

function isSigned(secrets: string[], { headers, bytes }: { headers: IncomingHttpHeaders; bytes: Buffer }): boolean {
  const signatures = presentedSignatures(headers);
  if (signatures.length === 0) return false;
  return secrets.some((secret) => {
    const expected = createHmac('sha256', secret).update(bytes).digest();
    return signatures.some((given) => given.length === expected.length && timingSafeEqual(given, expected));
  });
}

/** Hex with or without `sha256=`, in any case. */
function presentedSignatures(headers: IncomingHttpHeaders): Buffer[] {
  return SIGNATURE_HEADERS.flatMap((name) => {
    const value = headers[name];
    const hex = typeof value === 'string' ? /^(?:sha256=)?([0-9a-f]{64})$/i.exec(value.trim())?.[1] : undefined;
    return hex === undefined ? [] : [Buffer.from(hex, 'hex')];
  });
}

/** `X-API-Key`, `Authorization: Bearer`, or `X-Authorization` with or without `Bearer`. */
function presentedKey(headers: IncomingHttpHeaders): string | null {
  const given = headers['x-api-key'] ?? headers.authorization ?? headers['x-authorization'];
  if (typeof given !== 'string') return null;
  return given.replace(/^bearer +/i, '').trim() || null;
}

/** Hashed first, so that a length tells nothing and cannot throw. */
export function isSame(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}
