// The secrets of this installation: generated once, kept in the data directory (0600) or, with DATABASE_URL, in the database.
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Config } from './config.js';
import type { Keep } from './secrets-keep.js';

/** Values are what the environment gave, else what was generated at the first start (DESIGN 8). */
export interface Secrets {
  /** HS256 key of the tokens we sign and verify; null when tokens are verified with JWT_PUBLIC_KEY or JWT_JWKS_URL. */
  jwtSecret: Uint8Array | null;
  /** 32 bytes for AES-256-GCM. */
  encryptionKey: Uint8Array;
  /** The key that opens instances without a credential of their own; null refuses them. */
  webhookApiKey: string | null;
  /** Secrets of the shared webhook path's signature, newest first. */
  webhookHmacSecrets: string[];
}

const GeneratedSchema = z.object({ jwtSecret: z.string(), encryptionKey: z.base64(), webhookApiKey: z.string() });

/**
 * The environment's secrets, and generated ones for what it leaves out. Production generates nothing: what must be
 * set was demanded by `parseConfig`, and without a webhook key the shared door stays shut.
 */
export async function loadSecrets(config: Config, keep: Keep): Promise<Secrets> {
  const { jwt, webhook } = config;
  const verifiesOnly = jwt.publicKey !== null || jwt.jwksUrl !== null;
  const isComplete = (jwt.secret !== null || verifiesOnly) && config.encryptionKey !== null && webhook.apiKey !== null;
  const generated = config.production || isComplete ? null : readGenerated(await keep('secrets', generate));
  const jwtSecret = jwt.secret ?? generated?.jwtSecret;
  const encryptionKey = config.encryptionKey ?? (generated && Buffer.from(generated.encryptionKey, 'base64'));
  if (!encryptionKey) throw new Error('RECADO_ENCRYPTION_KEY is not set');
  return {
    jwtSecret: verifiesOnly || !jwtSecret ? null : Buffer.from(jwtSecret),
    encryptionKey,
    webhookApiKey: webhook.apiKey ?? generated?.webhookApiKey ?? null,
    webhookHmacSecrets: webhook.hmacSecrets,
  };
}

function generate(): string {
  return JSON.stringify({
    jwtSecret: randomBytes(32).toString('base64url'),
    encryptionKey: randomBytes(32).toString('base64'),
    webhookApiKey: `rk_${randomBytes(24).toString('base64url')}`,
  } satisfies z.infer<typeof GeneratedSchema>);
}

function readGenerated(text: string) {
  return GeneratedSchema.parse(JSON.parse(text));
}
