// Every environment variable the service reads: how it is read, and what to do when it cannot be.
import { createPublicKey } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';

const text = z.string();
const port = whole({ min: 0, max: 65535, hint: 'a port from 0 to 65535, such as 4545' });
const days = whole({ min: 1, max: 3650, hint: 'a number of days from 1 to 3650' });
const flag = z.enum(['0', '1'], { error: 'Set it to 1 or 0.' }).transform((value) => value === '1');
const httpUrl = url(['http:', 'https:'], 'Set it to an http or https URL, such as https://recado.example.com.');

/** How each variable is read. All are optional here; defaults and what belongs together are in `config.ts`. */
export const VARIABLES = {
  NODE_ENV: z.enum(['production', 'development', 'test'], { error: 'Set it to production, development or test.' }),
  PORT: port,
  HOST: text,
  PUBLIC_URL: httpUrl.transform((value) => value.replace(/\/+$/, '')),
  TRUST_PROXY: z
    .string()
    .transform(readTrustProxy)
    .refine((trusted) => !Array.isArray(trusted) || trusted.every(isNetwork), {
      error: 'Set it to a number of proxies, or to their addresses with commas, such as 10.0.0.0/8.',
    }),
  DATABASE_URL: url(['postgres:', 'postgresql:'], 'Set it to postgres://user:password@host:5432/database.'),
  DATABASE_POOL: whole({ min: 1, max: 200, hint: 'a number of connections from 1 to 200' }),
  RECADO_DATA_DIR: text,
  RECADO_EMBEDDED: flag,
  RECADO_DEMO: flag,
  RECADO_ENCRYPTION_KEY: z.string().transform(readKey),
  JWT_SECRET: text,
  JWT_PUBLIC_KEY: z
    .string()
    .transform((value) => value.replaceAll('\\n', '\n'))
    .refine(isPublicKey, {
      error: 'Set it to a PEM public key ("-----BEGIN PUBLIC KEY-----"), or put its path in JWT_PUBLIC_KEY_FILE.',
    }),
  JWT_JWKS_URL: httpUrl,
  JWT_ISSUER: text,
  JWT_AUDIENCE: text,
  WHATSAPP_WEBHOOK_API_KEY: text,
  WHATSAPP_WEBHOOK_HMAC_SECRET: z
    .string()
    .transform(readList)
    .refine((list) => list.length <= 2, { error: 'Give one secret, or two with a comma while they are rotated.' }),
  WHATSAPP_WEBHOOK_VERIFY_TOKEN: text,
  WEBHOOK_MAX_BODY_BYTES: whole({ min: 1024, max: 33_554_432, hint: 'bytes, from 1024 to 33554432 (32 MB)' }),
  REALTIME_MAX_CONNECTIONS: whole({ min: 1, max: 1_000_000, hint: 'a number of sockets, such as 10000' }),
  CORS_ORIGINS: z
    .string()
    .transform(readList)
    .refine((list) => list.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin), {
      error: 'Give origins with commas between them and nothing after the host, such as https://inbox.example.com.',
    }),
  METRICS_TOKEN: text,
  LEDGER_RETENTION_DAYS: days,
  EVENTS_RETENTION_DAYS: days,
  REOPEN_HOURS: whole({ min: 0, max: 8760, hint: 'a number of hours from 0 to 8760' }),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    error: 'Set it to fatal, error, warn, info, debug, trace or silent.',
  }),
} as const satisfies Record<string, z.ZodType<unknown, string>>;

export type VariableName = keyof typeof VARIABLES;

/** What the environment gave, read; a variable that is unset or empty is missing. */
export type Settings = { [Name in VariableName]?: z.output<(typeof VARIABLES)[Name]> };

/** The variables whose value may also come from the file that `<NAME>_FILE` names. */
export const SECRET_VARIABLES = [
  'DATABASE_URL',
  'RECADO_ENCRYPTION_KEY',
  'JWT_SECRET',
  'JWT_PUBLIC_KEY',
  'WHATSAPP_WEBHOOK_API_KEY',
  'WHATSAPP_WEBHOOK_HMAC_SECRET',
  'WHATSAPP_WEBHOOK_VERIFY_TOKEN',
  'METRICS_TOKEN',
] as const satisfies readonly VariableName[];

function whole({ min, max, hint }: { min: number; max: number; hint: string }) {
  const error = `Set it to ${hint}.`;
  return z
    .string()
    .regex(/^\d{1,12}$/, { error })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error });
}

function url(protocols: string[], error: string) {
  return z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), { error });
}

function readList(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Express's "trust proxy": a number of hops, `true`/`false`, or a list of addresses. */
function readTrustProxy(value: string): boolean | number | string[] {
  if (value === 'true' || value === 'false') return value === 'true';
  return /^\d{1,2}$/.test(value) ? Number(value) : readList(value);
}

/** What Express takes for a proxy: an address, a network, or one of three names. */
function isNetwork(text: string): boolean {
  const [address = '', range, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0) return ['loopback', 'linklocal', 'uniquelocal'].includes(text);
  const isRange = range === undefined || (/^[1-9]\d{0,2}$/.test(range) && Number(range) <= (family === 4 ? 32 : 128));
  return rest.length === 0 && isRange;
}

function isPublicKey(pem: string): boolean {
  try {
    return pem.includes('-----BEGIN PUBLIC KEY-----') && createPublicKey(pem).type === 'public';
  } catch {
    return false;
  }
}

/** 32 bytes spelled as 64 hexadecimal digits or as base64. */
function readKey(value: string, context: z.RefinementCtx<string>): Buffer {
  const key = /^[0-9a-f]{64}$/i.test(value) ? Buffer.from(value, 'hex') : Buffer.from(value, 'base64');
  if (key.length !== 32) {
    context.addIssue({ code: 'custom', message: 'Set it to 32 bytes in hexadecimal or base64: openssl rand -hex 32' });
  }
  return key;
}
