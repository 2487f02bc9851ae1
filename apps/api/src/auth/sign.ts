// Signs tokens with the installation's own secret: for the command line, the first run and tests.
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Role } from './tokens.js';

/** What a token is to say. `expiresInSeconds` counts from now; `exp` (epoch seconds) wins over it; one hour without either. Every token gets a `jti`, so that it can be revoked. */
export interface TokenClaims {
  sub: string;
  tenantId?: string;
  roles: readonly Role[];
  exp?: number;
  expiresInSeconds?: number;
  jti?: string;
  name?: string;
  issuer?: string | null;
  audience?: string | null;
}

/** An HS256 JWT. */
export async function signToken(secret: Uint8Array, claims: TokenClaims): Promise<string> {
  const { sub, tenantId, roles, name, issuer, audience } = claims;
  const exp = claims.exp ?? Math.floor(Date.now() / 1000) + (claims.expiresInSeconds ?? 3600);
  const jwt = new SignJWT({ ...(tenantId !== undefined && { tenantId }), roles, ...(name !== undefined && { name }) })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime(exp)
    .setJti(claims.jti ?? randomUUID());
  if (issuer) jwt.setIssuer(issuer);
  if (audience) jwt.setAudience(audience);
  return jwt.sign(secret);
}
