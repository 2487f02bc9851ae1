// Who is calling: verified tokens and their revocation.

export const ROLES = ['agent', 'admin', 'service', 'operator'] as const;
export type Role = (typeof ROLES)[number];

/** A verified caller. The tenant comes from here and from nowhere else. */
export interface Principal {
  tenantId: string;
  sub: string;
  roles: Role[];
  name: string | null;
  jti: string | null;
  /** Epoch seconds. */
  exp: number;
}

export interface Tokens {
  /** Verifies a JWT: signature, exp, issuer, audience, revocation, tenant. Throws RecadoError TOKEN_EXPIRED, TOKEN_REVOKED, CREDENTIALS_INVALID, TENANT_UNKNOWN. */
  verify(token: string): Promise<Principal>;
  /** Verifies what a socket brings: a JWT, or a single-use ticket of `POST /api/ws-ticket`. */
  verifySocket(tokenOrTicket: string): Promise<Principal>;
  /** Makes a single-use ticket that stands for the principal for 60 s and inherits the token's expiry. */
  issueTicket(principal: Principal): Promise<{ ticket: string; expiresAt: string }>;
  /** Revokes a jti of a tenant everywhere; live sockets close in every process. `exp` (epoch seconds), when known, lets it be forgotten then. */
  revoke(tenantId: string, jti: string, exp?: number): Promise<void>;
  /** Called in every process when a jti is revoked. */
  onRevoked(listener: (tenantId: string, jti: string) => void): void;
}
