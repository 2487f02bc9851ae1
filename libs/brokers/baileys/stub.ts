// `messageStubType`: what stands in a message's place when there is no content.

/** revoke: the message was taken back; placeholder: it could not be read yet; system: a line about the chat, missed calls included. */
export type Stub = 'revoke' | 'placeholder' | 'system' | null;

const REVOKES = new Set(['1', 'REVOKE', '132', 'ADMIN_REVOKE']);
const PLACEHOLDERS = new Set(['2', 'CIPHERTEXT', '68', 'OVERSIZED']);
const NONE = new Set(['', '0', 'UNKNOWN']);

/** Reads the stub type as number, numeric text or name. */
export function readStub(type: unknown): Stub {
  if (typeof type !== 'number' && typeof type !== 'string') return null;
  const name = String(type).trim().toUpperCase();
  if (NONE.has(name)) return null;
  if (REVOKES.has(name)) return 'revoke';
  return PLACEHOLDERS.has(name) ? 'placeholder' : 'system';
}
