// The Tokens port: signature, claims, tenant, revocation, and a cache so that a screen's hundredth request costs a hash.
import { createHash } from 'node:crypto';
import type { Database } from '../db/database.js';
import type { Signals } from '../db/signals.js';
import { selectTenantExists } from '../db/sql/tokens.js';
import { RecadoError } from '../errors.js';
import { createAgentsSeen } from './agents-seen.js';
import { toPrincipal } from './claims.js';
import { Revocations } from './revocations.js';
import type { SignatureOptions } from './signature.js';
import { createSignatureVerifier } from './signature.js';
import type { Principal, Tokens } from './tokens.js';
import { isTicket, issueTicket, takeTicket } from './ws-tickets.js';

const MAX_CACHED = 5_000;
const MAX_TOKEN_LENGTH = 8_192;

/** What tokens are made of. `keys` from `Config.jwt` and `Secrets.jwtSecret`. */
export interface TokensParts {
  db: Database;
  signals: Signals;
  log: { warn(fields: object, message: string): void };
  keys: SignatureOptions;
}

/** Loads the revocations and returns the port; `close` ends its timer and its last writes, before the database closes. */
export async function createTokens(parts: TokensParts): Promise<Tokens & AsyncDisposable & { close(): Promise<void> }> {
  const { db, signals, log } = parts;
  const verifySignature = createSignatureVerifier(parts.keys);
  const revocations = new Revocations({ db, signals, log });
  const agents = createAgentsSeen(db.pool, (err) => log.warn({ err }, 'An agent could not be noted.'));
  const verified = new Map<string, Principal>();
  const knownTenants = new Set<string>();
  await revocations.load();

  async function principalOf(token: string): Promise<Principal> {
    const key = createHash('sha256').update(token).digest('base64');
    const cached = verified.get(key);
    if (cached) return cached;
    const principal = toPrincipal(await verifySignature(token));
    if (!principal) throw new RecadoError('CREDENTIALS_INVALID');
    const oldest = verified.size >= MAX_CACHED ? verified.keys().next() : null;
    if (oldest && !oldest.done) verified.delete(oldest.value);
    verified.set(key, principal);
    return principal;
  }

  /** Tenants are never deleted, so only a yes is remembered. An operator stands above them. */
  async function assertTenant(principal: Principal): Promise<void> {
    if (principal.roles.includes('operator') || knownTenants.has(principal.tenantId)) return;
    if (!(await selectTenantExists(db.pool, principal.tenantId))) throw new RecadoError('TENANT_UNKNOWN');
    knownTenants.add(principal.tenantId);
  }

  async function admit(principal: Principal): Promise<Principal> {
    if (principal.exp * 1000 <= Date.now()) throw new RecadoError('TOKEN_EXPIRED');
    await assertTenant(principal);
    // Last and without waiting afterwards: who is admitted is a listener's concern before any later revocation is heard.
    if (revocations.has(principal.tenantId, principal.jti)) throw new RecadoError('TOKEN_REVOKED');
    agents.note(principal);
    return principal;
  }

  async function verify(token: string): Promise<Principal> {
    if (token === '') throw new RecadoError('CREDENTIALS_MISSING');
    if (token.length > MAX_TOKEN_LENGTH) throw new RecadoError('CREDENTIALS_INVALID');
    return admit(await principalOf(token));
  }

  async function close(): Promise<void> {
    await revocations.close();
    await agents.settled();
  }

  return {
    verify,
    async verifySocket(text) {
      return isTicket(text) ? admit(await takeTicket(db.pool, text)) : verify(text);
    },
    async issueTicket(principal) {
      return issueTicket(db.pool, principal);
    },
    async revoke(tenantId, jti, exp) {
      await revocations.revoke({ tenantId, jti, expiresAt: exp === undefined ? null : exp * 1000 });
    },
    onRevoked(listener) {
      revocations.onRevoked(listener);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
