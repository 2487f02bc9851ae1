import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ConfigError, parseConfig } from './config.js';
import { SECRET_VARIABLES, VARIABLES } from './config/variables.js';

const STRONG = 'b7f1c09e64d24b0aa3c15d9e8f7261504c3d';
const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://recado@db:5432/recado',
  JWT_SECRET: STRONG,
  RECADO_ENCRYPTION_KEY: 'ab12'.repeat(16),
};

function problemsOf(env: Record<string, string>): string[] {
  try {
    parseConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.variable);
    throw error;
  }
}

describe('parseConfig', () => {
  test('needs no variable', () => {
    expect(parseConfig({})).toMatchObject({
      production: false,
      port: 4545,
      host: '127.0.0.1',
      databaseUrl: null,
      demo: true,
      webhook: { apiKey: null, hmacSecrets: [], maxBodyBytes: 4 * 1024 * 1024 },
      realtimeMaxConnections: 10_000,
      ledgerRetentionDays: 30,
      eventsRetentionDays: 7,
      reopenHours: 24,
    });
  });

  test('takes an empty variable for an unset one', () => {
    const empty = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, ' ']));
    expect(parseConfig(empty)).toEqual(parseConfig({}));
  });

  test('reports every problem at once, each with its fix', () => {
    const env = { PORT: '99999', DATABASE_URL: 'mysql://x', LOG_LEVEL: 'loud', CORS_ORIGINS: 'https://a.example/path' };
    expect(problemsOf(env)).toEqual(['PORT', 'DATABASE_URL', 'CORS_ORIGINS', 'LOG_LEVEL']);
    expect(() => parseConfig(env)).toThrow(/PORT: Set it to a port.*\n.*DATABASE_URL: Set it to postgres:/);
  });

  test('refuses what would only fail later, with a stack: half a key, a proxy that is no address', () => {
    const env = { TRUST_PROXY: 'balancer', JWT_PUBLIC_KEY: '-----BEGIN PUBLIC KEY-----x' };
    expect(problemsOf(env)).toEqual(['TRUST_PROXY', 'JWT_PUBLIC_KEY']);
    expect(problemsOf({ TRUST_PROXY: '10.0.0.0/99' })).toEqual(['TRUST_PROXY']);
    expect(parseConfig({ TRUST_PROXY: 'loopback, 10.0.0.0/8, fd00::/8' }).trustProxy).toHaveLength(3);
    expect(parseConfig({ TRUST_PROXY: '2' }).trustProxy).toBe(2);
  });

  test('never repeats the value of a secret in a problem', () => {
    const secret = 'short-but-private';
    expect(() => parseConfig({ ...PRODUCTION, JWT_SECRET: secret })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(secret) }),
    );
  });

  test('reads every secret from the file that <NAME>_FILE names', () => {
    const config = parseConfig({ WHATSAPP_WEBHOOK_API_KEY_FILE: '/run/key' }, (path) => `${path}:content\n`);
    expect(config.webhook.apiKey).toBe('/run/key:content');
  });

  test('refuses a secret given twice and a file that cannot be read', () => {
    expect(problemsOf({ JWT_SECRET: STRONG, JWT_SECRET_FILE: '/x', METRICS_TOKEN_FILE: '/does/not/exist' })).toEqual([
      'JWT_SECRET',
      'METRICS_TOKEN_FILE',
    ]);
  });

  test('takes two signature secrets while they are rotated, not three', () => {
    expect(parseConfig({ WHATSAPP_WEBHOOK_HMAC_SECRET: 'new, old' }).webhook.hmacSecrets).toEqual(['new', 'old']);
    expect(problemsOf({ WHATSAPP_WEBHOOK_HMAC_SECRET: 'a,b,c' })).toEqual(['WHATSAPP_WEBHOOK_HMAC_SECRET']);
  });

  test('warns of an unknown RECADO_ variable with the nearest name', () => {
    expect(parseConfig({ RECADO_DATADIR: '/x', RECADO_ZZZZZZ: '1' }).warnings).toEqual([
      'RECADO_DATADIR is not a variable of Recado. Did you mean RECADO_DATA_DIR?',
      'RECADO_ZZZZZZ is not a variable of Recado.',
    ]);
  });

  test('reads the encryption key in hexadecimal and in base64, and nothing but 32 bytes', () => {
    const key = Buffer.alloc(32, 7);
    expect(parseConfig({ RECADO_ENCRYPTION_KEY: key.toString('hex') }).encryptionKey).toEqual(key);
    expect(parseConfig({ RECADO_ENCRYPTION_KEY: key.toString('base64') }).encryptionKey).toEqual(key);
    expect(problemsOf({ RECADO_ENCRYPTION_KEY: 'abc' })).toEqual(['RECADO_ENCRYPTION_KEY']);
  });

  test('verifies tokens with one kind of key only', () => {
    expect(problemsOf({ JWT_SECRET: STRONG, JWT_JWKS_URL: 'https://id.example/keys' })).toEqual(['JWT_SECRET']);
  });
});

describe('production', () => {
  test('runs on PostgreSQL with secrets of its own, without a demo', () => {
    expect(parseConfig(PRODUCTION)).toMatchObject({ production: true, demo: false });
  });

  test('lists every missing secret at once', () => {
    expect(problemsOf({ NODE_ENV: 'production' })).toEqual(['DATABASE_URL', 'JWT_SECRET', 'RECADO_ENCRYPTION_KEY']);
  });

  test.each([
    'short',
    'mysecret',
    'change-me-change-me-change-me-change-me',
    'a'.repeat(64),
    'your-secret-key-goes-here-your-secret',
  ])('refuses the secret %s', (secret) => {
    expect(problemsOf({ ...PRODUCTION, JWT_SECRET: secret })).toEqual(['JWT_SECRET']);
    expect(problemsOf({ ...PRODUCTION, WHATSAPP_WEBHOOK_API_KEY: secret })).toEqual(['WHATSAPP_WEBHOOK_API_KEY']);
  });

  test('refuses the embedded database unless RECADO_EMBEDDED=1', () => {
    const { DATABASE_URL: _, ...embedded } = PRODUCTION;
    expect(problemsOf(embedded)).toEqual(['DATABASE_URL']);
    expect(problemsOf({ ...embedded, RECADO_EMBEDDED: '1' })).toEqual([]);
  });
});

describe('.env.example', () => {
  const lines = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8').split('\n');

  test('names exactly the variables the service reads', () => {
    const named = lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split('=')[0] ?? '');
    expect(named.toSorted()).toEqual(Object.keys(VARIABLES).toSorted());
  });

  test('explains each variable with one comment line', () => {
    lines.forEach((line, index) => {
      if (/^[A-Z]/.test(line)) expect(lines[index - 1], line).toMatch(/^# \S/);
    });
  });

  test('sets nothing: copied as it is, it changes nothing', () => {
    const copied = Object.fromEntries(lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split('=')));
    expect(parseConfig(copied)).toEqual(parseConfig({}));
    expect(SECRET_VARIABLES.every((name) => copied[name] === '')).toBe(true);
  });
});
