import { type KeyObject, createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { signToken } from './sign.js';
import { createSignatureVerifier } from './signature.js';

const secret = randomBytes(32);
const none = { secret: null, publicKey: null, jwksUrl: null, issuer: null, audience: null };
const claims = { sub: 'agent-1', tenantId: 'demo', roles: ['agent'] as const };
const pairs = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
};

function pem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}
async function sign(alg: string, key: KeyObject): Promise<string> {
  return new SignJWT({ ...claims }).setProtectedHeader({ alg }).setSubject('a').setExpirationTime('1h').sign(key);
}

describe('a token is verified', () => {
  test('with the shared secret', async () => {
    const verify = createSignatureVerifier({ ...none, secret });
    expect(await verify(await signToken(secret, { ...claims, jti: 'j', name: 'Ana' }))).toMatchObject({
      ...claims,
      jti: 'j',
      name: 'Ana',
    });
  });

  test.each(['RS256', 'ES256', 'EdDSA'] as const)('with a public key of %s, newlines escaped or not', async (alg) => {
    const { publicKey, privateKey } = pairs[alg];
    const token = await sign(alg, privateKey);
    for (const text of [pem(publicKey), pem(publicKey).replaceAll('\n', '\\n')]) {
      const verify = createSignatureVerifier({ ...none, publicKey: text });
      expect(await verify(token)).toMatchObject({ sub: 'a' });
    }
  });

  test('only when issuer and audience are the configured ones', async () => {
    const verify = createSignatureVerifier({ ...none, secret, issuer: 'us', audience: 'recado' });
    const right = await signToken(secret, { ...claims, issuer: 'us', audience: 'recado' });
    expect(await verify(right)).toMatchObject({ iss: 'us', aud: 'recado' });
    for (const wrong of [{ issuer: 'them', audience: 'recado' }, { issuer: 'us' }, {}]) {
      await expect(verify(await signToken(secret, { ...claims, ...wrong }))).rejects.toMatchObject({
        code: 'CREDENTIALS_INVALID',
      });
    }
  });
});

describe('a token is refused', () => {
  const verify = createSignatureVerifier({ ...none, secret });

  test('as expired when its time has passed', async () => {
    const token = await signToken(secret, { ...claims, expiresInSeconds: -1 });
    await expect(verify(token)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
  });

  test('when it has no exp', async () => {
    const token = await new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256' }).setSubject('a').sign(secret);
    await expect(verify(token)).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' });
  });

  test.each(['', 'x', 'a.b.c', '....', '{}', 'é.é.é'])('when it is %j', async (token) => {
    await expect(verify(token)).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' });
  });

  test('when it is signed with another secret, another algorithm or none', async () => {
    const tokens = [
      await signToken(randomBytes(32), claims),
      await new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'HS512' })
        .setExpirationTime('1h')
        .setSubject('a')
        .sign(secret),
      new UnsecuredJWT({ ...claims }).setSubject('a').setExpirationTime('1h').encode(),
    ];
    for (const token of tokens) await expect(verify(token)).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' });
  });

  test('when the public key itself was used as a shared secret', async () => {
    const publicKey = pem(pairs.RS256.publicKey);
    const forged = await sign('HS256', createSecretKey(Buffer.from(publicKey)));
    await expect(createSignatureVerifier({ ...none, publicKey })(forged)).rejects.toMatchObject({
      code: 'CREDENTIALS_INVALID',
    });
  });

  test('as unavailable when the key server does not answer', async () => {
    const lost = createSignatureVerifier({ ...none, jwksUrl: 'http://127.0.0.1:1/keys' });
    const token = await sign('RS256', pairs.RS256.privateKey);
    await expect(lost(token)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

test('a configuration without a usable key is refused at the start', () => {
  expect(() => createSignatureVerifier(none)).toThrow(/No key/);
  const p384 = pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey);
  expect(() => createSignatureVerifier({ ...none, publicKey: p384 })).toThrow(/P-256/);
});
