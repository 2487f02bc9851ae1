// What a body must lose before anything of it is stored: text PostgreSQL refuses, and secrets (DESIGN 4.2).

const REPLACEMENT = '\uFFFD';
/** Keys whose values are credentials, keys or hashes of media, or pictures kept elsewhere. */
const SECRET_KEYS = new Set([
  'apikey',
  'api_key',
  'token',
  'jwt_key',
  'mediakey',
  'filesha256',
  'fileencsha256',
  'messagesecret',
  'jpegthumbnail',
  'directpath',
]);
const SECRET_IN_TEXT =
  /"(?:apikey|api_key|token|jwt_key|mediakey|filesha256|fileencsha256|messagesecret|jpegthumbnail|directpath)"\s*:/i;
/** A letter or underscore written as an escape: nobody does that who has nothing to hide, so such a body is walked. */
const ESCAPED_LETTER = /\\u00[4-7][0-9a-f]/i;
const ESCAPED_TROUBLE = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/** Whether the JSON text may hold NUL or a lone surrogate: only then is it worth walking. */
export function mayNeedRepair(text: string): boolean {
  return text.includes('\\u') && ESCAPED_TROUBLE.test(text);
}

/** Replaces NUL and lone surrogates in every string and key. */
export function repair(value: unknown): unknown {
  return walk(value, repairText, () => false);
}

/** Whether the JSON text names a secret: only then is a copy made to store. */
export function mayHoldSecrets(text: string): boolean {
  return SECRET_IN_TEXT.test(text) || (text.includes('\\u00') && ESCAPED_LETTER.test(text));
}

/** A copy with credential-like values, media keys and hashes blanked. */
export function redact(value: unknown): unknown {
  return walk(value, asIs, isSecret);
}

/** The same of an object. */
export function redactObject(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, isSecret(key) ? null : redact(child)]));
}

function asIs(text: string): string {
  return text;
}

/** Whether the value of a key must not be stored. */
export function isSecret(key: string): boolean {
  return SECRET_KEYS.has(key.toLowerCase());
}

function repairText(text: string): string {
  // UTF-8 has no surrogates: each lone one comes back replaced, far faster than a regular expression would do it.
  return Buffer.from(text).toString().replaceAll('\0', REPLACEMENT);
}

/** Depth is bounded by the guard that runs before parsing. */
function walk(value: unknown, onText: (text: string) => string, isBlank: (key: string) => boolean): unknown {
  if (typeof value === 'string') return onText(value);
  if (Array.isArray(value)) return value.map((item) => walk(item, onText, isBlank));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [onText(key), isBlank(key) ? null : walk(child, onText, isBlank)]),
  );
}
