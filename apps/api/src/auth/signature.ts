// Verifying a JWT's signature: one algorithm per key, whatever the token says of itself.
import { createPublicKey } from 'node:crypto';
import type { JWTPayload, JWTVerifyOptions } from 'jose';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { RecadoError } from '../errors.js';

/** Exactly one of `secret` (HS256), `publicKey` (PEM) and `jwksUrl` is used, in this order. */
export interface SignatureOptions {
  secret: Uint8Array | null;
  publicKey: string | null;
  jwksUrl: string | null;
  issuer: string | null;
  audience: string | null;
}

/** Verifies signature, exp, nbf, issuer and audience. Throws RecadoError TOKEN_EXPIRED, CREDENTIALS_INVALID or UNAVAILABLE. */
export type VerifySignature = (token: string) => Promise<JWTPayload>;

/** Makes the verifier of this installation's tokens. Throws when no key is given or the key is of no supported kind. */
export function createSignatureVerifier(options: SignatureOptions): VerifySignature {
  const checks: JWTVerifyOptions = {
    requiredClaims: ['exp', 'sub'],
    ...(options.issuer !== null && { issuer: options.issuer }),
    ...(options.audience !== null && { audience: options.audience }),
  };
  const verify = verifierFor(options, checks);
  return async (token) => {
    try {
      return await verify(token);
    } catch (error) {
      throw toRecadoError(error);
    }
  };
}

function verifierFor(options: SignatureOptions, checks: JWTVerifyOptions): VerifySignature {
  if (options.secret) {
    const key = options.secret;
    return async (token) => (await jwtVerify(token, key, { ...checks, algorithms: ['HS256'] })).payload;
  }
  if (options.publicKey !== null) {
    const key = createPublicKey(options.publicKey.replaceAll('\\n', '\n'));
    const algorithms = [algorithmOf(key.asymmetricKeyType, key.asymmetricKeyDetails?.namedCurve)];
    return async (token) => (await jwtVerify(token, key, { ...checks, algorithms })).payload;
  }
  if (options.jwksUrl !== null) {
    const keys = createRemoteJWKSet(new URL(options.jwksUrl), { timeoutDuration: 2_000 });
    const algorithms = ['RS256', 'ES256', 'EdDSA', 'Ed25519'];
    return async (token) => (await jwtVerify(token, keys, { ...checks, algorithms })).payload;
  }
  throw new Error('No key to verify tokens with: set JWT_SECRET, JWT_PUBLIC_KEY or JWT_JWKS_URL.');
}

function algorithmOf(type: string | undefined, curve: string | undefined): string {
  if (type === 'rsa') return 'RS256';
  if (type === 'ec' && curve === 'prime256v1') return 'ES256';
  if (type === 'ed25519') return 'EdDSA';
  throw new Error('JWT_PUBLIC_KEY must be an RSA, P-256 or Ed25519 public key.');
}

function toRecadoError(error: unknown): RecadoError {
  if (error instanceof errors.JWTExpired) return new RecadoError('TOKEN_EXPIRED', { cause: error });
  // A key server that does not answer says nothing about the token.
  if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) {
    return new RecadoError('UNAVAILABLE', { message: 'The token could not be verified now. Try again.', cause: error });
  }
  if (error.code === 'ERR_JOSE_GENERIC') {
    return new RecadoError('UNAVAILABLE', { message: 'The token could not be verified now. Try again.', cause: error });
  }
  return new RecadoError('CREDENTIALS_INVALID', { cause: error });
}
