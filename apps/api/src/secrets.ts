// The secrets of this installation: generated once, kept in the data directory (0600) or, with DATABASE_URL, in the database.

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
