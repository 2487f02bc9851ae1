// What production refuses: missing, short or well-known secrets, and the embedded database unless it is asked for.
import type { Settings } from './variables.js';

const SHORTEST_SECRET_BYTES = 32;
/** Values that stand in public examples, with what a person puts around them. */
const WELL_KNOWN =
  /^(?:.*(?:change[-_ ]?me|your[-_ ]|example|placeholder|recado[-_]?demo).*|(?:my|super|jwt|test|dev|the)?[-_ ]?(?:secret|password|token|key|admin|default)s?[-_ !0-9]*|0+|1+|x+|a+)$/i;

/** One thing that is wrong with the configuration, and how to mend it. */
export interface ConfigProblem {
  variable: string;
  fix: string;
}

/** Everything of `settings` that production does not accept. */
export function productionProblems(settings: Settings): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (!settings.DATABASE_URL && !settings.RECADO_EMBEDDED) {
    problems.push({
      variable: 'DATABASE_URL',
      fix: 'Set it to postgres://user:password@host:5432/database. RECADO_EMBEDDED=1 runs production on the embedded database, which a power cut can damage.',
    });
  }
  if (!settings.JWT_SECRET && !settings.JWT_PUBLIC_KEY && !settings.JWT_JWKS_URL) {
    problems.push({
      variable: 'JWT_SECRET',
      fix: 'Set it (openssl rand -hex 32), or JWT_PUBLIC_KEY, or JWT_JWKS_URL.',
    });
  }
  if (!settings.RECADO_ENCRYPTION_KEY) {
    problems.push({ variable: 'RECADO_ENCRYPTION_KEY', fix: 'Set it: openssl rand -hex 32' });
  }
  for (const [variable, secret] of secretsOf(settings)) {
    const weakness = weaknessOf(secret);
    if (weakness) problems.push({ variable, fix: `The value is ${weakness}. Make another: openssl rand -hex 32` });
  }
  return problems;
}

function secretsOf(settings: Settings): [string, string][] {
  const secrets: [string, string | undefined][] = [
    ['JWT_SECRET', settings.JWT_SECRET],
    ['WHATSAPP_WEBHOOK_API_KEY', settings.WHATSAPP_WEBHOOK_API_KEY],
    ...(settings.WHATSAPP_WEBHOOK_HMAC_SECRET ?? []).map((secret): [string, string] => [
      'WHATSAPP_WEBHOOK_HMAC_SECRET',
      secret,
    ]),
    ['METRICS_TOKEN', settings.METRICS_TOKEN],
  ];
  return secrets.filter((entry): entry is [string, string] => entry[1] !== undefined);
}

function weaknessOf(secret: string): string | null {
  if (WELL_KNOWN.test(secret) || new Set(secret).size < 6) return 'well known';
  return Buffer.byteLength(secret) < SHORTEST_SECRET_BYTES ? `shorter than ${SHORTEST_SECRET_BYTES} bytes` : null;
}
