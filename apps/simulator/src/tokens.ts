// Tokens for the service under test, signed with its own secret.
import { SignJWT } from 'jose';
import type { MakeToken } from './world.js';

const HOURS = 12;

/** A signer of tokens by the service's HS256 secret, each valid for twelve hours. */
export function tokensOf(secret: Uint8Array): MakeToken {
  return ({ sub, tenantId, roles }) =>
    new SignJWT({ roles, ...(tenantId !== undefined && { tenantId }) })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(sub)
      .setIssuedAt()
      .setExpirationTime(`${HOURS}h`)
      .sign(secret);
}
