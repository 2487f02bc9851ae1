// A token signed with this installation's secret, made while the service runs or not.
import { signToken } from '../auth/sign.js';
import type { Role } from '../auth/tokens.js';
import type { Config } from '../config.js';
import { openDatabase } from '../db/open.js';
import { migrate } from '../db/migrate.js';
import { keeperOf } from '../secrets-keep.js';
import { loadSecrets } from '../secrets.js';
import type { Secrets } from '../secrets.js';

/** Who the token is for. */
export interface PrintableClaims {
  tenantId: string;
  sub: string;
  roles: readonly Role[];
  name?: string | undefined;
  hours: number;
}

/** Signs it. Throws when tokens are verified with a key of which only the issuer has the private half. */
export async function printableToken(config: Config, claims: PrintableClaims): Promise<string> {
  const { jwtSecret } = await readSecrets(config);
  if (!jwtSecret)
    throw new Error('Tokens are signed elsewhere (JWT_PUBLIC_KEY or JWT_JWKS_URL): ask their issuer for one.');
  const { tenantId, sub, roles, name, hours } = claims;
  return signToken(jwtSecret, {
    tenantId,
    sub,
    roles,
    expiresInSeconds: Math.round(hours * 3600),
    ...(name !== undefined && { name }),
    issuer: config.jwt.issuer,
    audience: config.jwt.audience,
  });
}

/** On the embedded database the secrets are a file, so that they can be read beside the process that holds the database. */
async function readSecrets(config: Config): Promise<Secrets> {
  if (config.databaseUrl === null) return loadSecrets(config, keeperOf(config, null));
  const db = await openDatabase({ url: config.databaseUrl, poolSize: 1 });
  try {
    await migrate(db);
    return await loadSecrets(config, keeperOf(config, db));
  } finally {
    await db.close();
  }
}
