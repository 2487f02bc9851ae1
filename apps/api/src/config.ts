// The configuration: read once from the environment, checked as a whole, then plain data (DESIGN 8).
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { nearestName } from './config/nearest.js';
import type { ConfigProblem } from './config/production.js';
import { productionProblems } from './config/production.js';
import type { Settings, VariableName } from './config/variables.js';
import { SECRET_VARIABLES, VARIABLES } from './config/variables.js';

/** What the service runs with. `null` means unset. Secrets that are generated are in `Secrets`, not here. */
export interface Config {
  production: boolean;
  /** 0 takes any free port. */
  port: number;
  host: string;
  /** Without a trailing slash. */
  publicUrl: string | null;
  /** Express's "trust proxy". */
  trustProxy: boolean | number | string[];
  /** PostgreSQL; null is the embedded database. */
  databaseUrl: string | null;
  databasePool: number;
  /** Absolute; null keeps the embedded database in memory (tests). */
  dataDir: string | null;
  /** 32 bytes. */
  encryptionKey: Buffer | null;
  jwt: {
    secret: string | null;
    /** PEM. */
    publicKey: string | null;
    jwksUrl: string | null;
    issuer: string | null;
    audience: string | null;
  };
  webhook: {
    apiKey: string | null;
    /** Newest first; two while they are rotated. */
    hmacSecrets: string[];
    verifyToken: string | null;
    maxBodyBytes: number;
  };
  realtimeMaxConnections: number;
  /** null allows the same host and loopback. */
  corsOrigins: string[] | null;
  metricsToken: string | null;
  ledgerRetentionDays: number;
  eventsRetentionDays: number;
  reopenHours: number;
  /** null: `info`, or `warn` on a terminal, where the announcement says the rest. */
  logLevel: NonNullable<Settings['LOG_LEVEL']> | null;
  /** Seed an empty database. Never in production. */
  demo: boolean;
  /** Sentences for the log: what was set but is not ours. */
  warnings: string[];
}

/** The environment cannot be used; `message` lists every problem with its fix. */
export class ConfigError extends Error {
  constructor(readonly problems: ConfigProblem[]) {
    super(
      ['The configuration cannot be used:', ...problems.map(({ variable, fix }) => `  ${variable}: ${fix}`)].join('\n'),
    );
    this.name = 'ConfigError';
  }
}

type Environment = Record<string, string | undefined>;

/** The process environment. Nothing else in the service reads it. */
export function readEnvironment(): Environment {
  return process.env;
}

/**
 * Reads a configuration from variables. An empty variable counts as unset; `<NAME>_FILE` gives a secret from a file.
 * Throws ConfigError with all problems at once.
 */
export function parseConfig(env: Environment, readSecretFile: (path: string) => string = readText): Config {
  const problems: ConfigProblem[] = [];
  const settings = readSettings(withSecretFiles({ env, readSecretFile, problems }), problems);
  const keySources = [settings.JWT_SECRET, settings.JWT_PUBLIC_KEY, settings.JWT_JWKS_URL].filter(Boolean);
  if (keySources.length > 1) {
    problems.push({ variable: 'JWT_SECRET', fix: 'Set only one of JWT_SECRET, JWT_PUBLIC_KEY and JWT_JWKS_URL.' });
  }
  const production = settings.NODE_ENV === 'production';
  if (production)
    problems.push(
      ...productionProblems(settings).filter((found) => !problems.some((known) => known.variable === found.variable)),
    );
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    production,
    port: settings.PORT ?? 4545,
    host: settings.HOST ?? '127.0.0.1',
    publicUrl: settings.PUBLIC_URL ?? null,
    trustProxy: settings.TRUST_PROXY ?? false,
    databaseUrl: settings.DATABASE_URL ?? null,
    databasePool: settings.DATABASE_POOL ?? 10,
    dataDir: resolve(settings.RECADO_DATA_DIR ?? '.recado'),
    encryptionKey: settings.RECADO_ENCRYPTION_KEY ?? null,
    jwt: {
      secret: settings.JWT_SECRET ?? null,
      publicKey: settings.JWT_PUBLIC_KEY ?? null,
      jwksUrl: settings.JWT_JWKS_URL ?? null,
      issuer: settings.JWT_ISSUER ?? null,
      audience: settings.JWT_AUDIENCE ?? null,
    },
    webhook: {
      apiKey: settings.WHATSAPP_WEBHOOK_API_KEY ?? null,
      hmacSecrets: settings.WHATSAPP_WEBHOOK_HMAC_SECRET ?? [],
      verifyToken: settings.WHATSAPP_WEBHOOK_VERIFY_TOKEN ?? null,
      maxBodyBytes: settings.WEBHOOK_MAX_BODY_BYTES ?? 4_194_304,
    },
    realtimeMaxConnections: settings.REALTIME_MAX_CONNECTIONS ?? 10_000,
    corsOrigins: settings.CORS_ORIGINS ?? null,
    metricsToken: settings.METRICS_TOKEN ?? null,
    ledgerRetentionDays: settings.LEDGER_RETENTION_DAYS ?? 30,
    eventsRetentionDays: settings.EVENTS_RETENTION_DAYS ?? 7,
    reopenHours: settings.REOPEN_HOURS ?? 24,
    logLevel: settings.LOG_LEVEL ?? null,
    demo: !production && (settings.RECADO_DEMO ?? true),
    warnings: unknownVariables(env),
  };
}

function withSecretFiles(input: {
  env: Environment;
  readSecretFile: (path: string) => string;
  problems: ConfigProblem[];
}): Environment {
  const resolved: Environment = { ...input.env };
  for (const name of SECRET_VARIABLES) {
    const path = input.env[`${name}_FILE`];
    if (!path) continue;
    if (input.env[name]) {
      input.problems.push({ variable: name, fix: `Set only one of ${name} and ${name}_FILE.` });
      continue;
    }
    try {
      resolved[name] = input.readSecretFile(path).trim();
    } catch {
      input.problems.push({
        variable: `${name}_FILE`,
        fix: `The file ${path} cannot be read. Check the path and its permissions.`,
      });
    }
  }
  return resolved;
}

function readSettings(env: Environment, problems: ConfigProblem[]): Settings {
  const settings: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(VARIABLES)) {
    const value = env[name];
    if (value === undefined || value.trim() === '') continue;
    const result = schema.safeParse(value.trim());
    if (result.success) settings[name] = result.data;
    else problems.push({ variable: name, fix: result.error.issues[0]?.message ?? 'The value cannot be read.' });
  }
  return settings;
}

function unknownVariables(env: Environment): string[] {
  const ours = Object.keys(VARIABLES) as VariableName[];
  const known = new Set<string>([...ours, ...SECRET_VARIABLES.map((name) => `${name}_FILE`)]);
  return Object.keys(env)
    .filter((name) => name.startsWith('RECADO_') && !known.has(name))
    .map((name) => {
      const nearest = nearestName(name, [...known]);
      return `${name} is not a variable of Recado${nearest ? `. Did you mean ${nearest}?` : '.'}`;
    });
}

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}
