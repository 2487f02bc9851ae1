// Single-use tickets that stand for a token in a URL for a minute: kept hashed, taken by deleting.
import { createHash, randomBytes } from 'node:crypto';
import type { Queryable } from '../db/database.js';
import { deleteTicket, insertTicket } from '../db/sql/tokens.js';
import { RecadoError } from '../errors.js';
import { toPrincipal } from './claims.js';
import type { Principal } from './tokens.js';

const PREFIX = 'wst_';
const LIFETIME_MS = 60_000;

/** Whether this is a ticket of ours and not a JWT. */
export function isTicket(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** Makes a ticket for the principal; it ends after 60 s or with the token, whichever comes first. */
export async function issueTicket(
  db: Queryable,
  principal: Principal,
  now: number = Date.now(),
): Promise<{ ticket: string; expiresAt: string }> {
  const ticket = PREFIX + randomBytes(32).toString('base64url');
  const expiresAt = Math.min(now + LIFETIME_MS, principal.exp * 1000);
  await insertTicket(db, { tenantId: principal.tenantId, hash: hashOf(ticket), claims: principal, expiresAt });
  return { ticket, expiresAt: new Date(expiresAt).toISOString() };
}

/** The principal a ticket stands for; the ticket is used up. Throws CREDENTIALS_INVALID, TOKEN_EXPIRED. */
export async function takeTicket(db: Queryable, ticket: string, now: number = Date.now()): Promise<Principal> {
  const taken = await deleteTicket(db, hashOf(ticket));
  const principal = taken && toPrincipal(taken.claims);
  if (!taken || !principal) {
    throw new RecadoError('CREDENTIALS_INVALID', { message: 'The ticket is unknown or was used. Ask for a new one.' });
  }
  if (taken.expiresAt <= now) throw new RecadoError('TOKEN_EXPIRED');
  return principal;
}

function hashOf(ticket: string): Buffer {
  return createHash('sha256').update(ticket).digest();
}
