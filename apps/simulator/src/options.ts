// The command line: every dial, where the service is, and what to do. Nothing is read that is not named here.
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { DialsSchema, readDials, type Dials } from './dials.js';

/** Used wrongly: the sentence says what to do. */
export class UsageError extends Error {}

/** What to do. `dials` are null where a ledger says them. */
export interface Options {
  mode: 'run' | 'replay' | 'verify' | 'help';
  dials: Dials | null;
  /** The ledger that is replayed or verified. */
  from: string | null;
  /** Where the new ledger goes; null: a name is found for it. */
  ledger: string | null;
  /** Null: a service of its own is started. */
  url: string | null;
  jwtSecretFile: string | null;
  databaseUrl: string | null;
}

const DIALS = Object.keys(DialsSchema.shape) as (keyof Dials)[];
const TEXTS = new Set<string>(['seed', 'startsAt']);
const OTHERS = ['seconds', 'url', 'jwt-secret-file', 'database-url', 'ledger', 'replay', 'verify'] as const;

/** What `--help` prints. */
export const HELP = `npm run simulate -- [options]

Posts realistic conversations to Recado as a Baileys gateway does, listens on a socket of every tenant, and ends with a
verdict: what was lost, duplicated, corrupt, skipped, leaked or left unexplained. Without --url it starts a service of its own.

  --seconds 15              how long, at the rate          --events 3000   or how many deliveries
  --rate 200                deliveries a second            --concurrency 64
  --tenants 3               --chats 300                    --groups 0.05   share of the chats
  --duplicates 0.1          share told again               --batch 1.3     messages of a delivery, on average
  --reorder 0.05            share held back, by up to --reorder-by 50 deliveries
  --late-statuses 0.1       --edits 0.04                   --revokes 0.02
  --reactions 0.08          --media 0.3                    --history 0.01
  --poison 0.01             deliveries with a malformed item
  --burst 50                deliveries at once, --burst-every 5 seconds (0: never)
  --seed recado             same seed and dials, same traffic: ids, contents, doors, order; tenants and times are the run's
                            own, unless --starts-at (ISO UTC, in the past) fixes them: then it is the same byte for byte

  --url URL                 a running service, with --jwt-secret-file FILE (its JWT_SECRET, or <data dir>/secrets.json)
  --database-url URL        the own service on this PostgreSQL database instead of the embedded one
  --ledger FILE             where the ledger goes (.recado/simulations/ unless given)
  --replay FILE             the deliveries of a ledger once more
  --verify FILE             only the verdict, from a ledger, against a running service (--url)

Exit codes: 0 the verdict is clean, 1 it is not or the run failed, 2 used wrongly.
`;

/** Reads the arguments. Throws UsageError. */
export function readOptions(args: string[], now: Date): Options {
  const values = readValues(args);
  const dialsGiven = DIALS.filter((name) => values[kebab(name)] !== undefined);
  const from = values.replay ?? values.verify ?? null;
  const mode = values.help ? 'help' : values.replay ? 'replay' : values.verify ? 'verify' : 'run';
  const url = values.url === undefined ? null : readUrl(values.url);
  if (values.replay && values.verify) throw new UsageError('Give --replay or --verify, not both.');
  if (from !== null && (dialsGiven.length > 0 || values.seconds !== undefined)) {
    throw new UsageError('The ledger says the dials: leave them out.');
  }
  if (mode === 'verify' && url === null) throw new UsageError('--verify needs --url: the service that was written to.');
  if (url !== null && values['jwt-secret-file'] === undefined) throw new UsageError('--url needs --jwt-secret-file.');
  if (url !== null && values['database-url'] !== undefined) {
    throw new UsageError('--database-url is for a service of its own: leave it out with --url.');
  }
  return {
    mode,
    dials: mode === 'run' ? dialsOf(values, now) : null,
    from,
    ledger: values.ledger ?? null,
    url,
    jwtSecretFile: values['jwt-secret-file'] ?? null,
    databaseUrl: values['database-url'] ?? null,
  };
}

type Values = Record<string, string | undefined> & { help?: string };

function readValues(args: string[]): Values {
  const names = [...DIALS.map(kebab), ...OTHERS];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    const { values } = parseArgs({ args, options: { ...options, help: { type: 'boolean', short: 'h' } } });
    const { help, ...texts } = values;
    return { ...(texts as Record<string, string>), ...(help === true && { help: 'yes' }) };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function dialsOf(values: Values, now: Date): Dials {
  const given: Record<string, unknown> = {};
  for (const name of DIALS) {
    const text = values[kebab(name)];
    if (text !== undefined) given[name] = TEXTS.has(name) ? text : readNumber(kebab(name), text);
  }
  if (values.seconds !== undefined) {
    if (given.events !== undefined) throw new UsageError('Give --seconds or --events, not both.');
    const rate = (given.rate as number | undefined) ?? 200;
    given.events = Math.max(1, Math.round(readNumber('seconds', values.seconds) * rate));
  }
  try {
    return readDials(given, now);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const issues = error.issues.map(({ path, message }) => `--${kebab(String(path[0] ?? ''))}: ${message}`);
    throw new UsageError(issues.join('\n'));
  }
}

function readNumber(name: string, text: string): number {
  const number = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(number)) throw new UsageError(`--${name}: "${text}" is no number.`);
  return number;
}

function readUrl(text: string): string {
  const isFit = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (!isFit) throw new UsageError(`--url: "${text}" is no http or https URL.`);
  return text.replace(/\/+$/, '');
}

/** `lateStatuses` as it is typed: `late-statuses`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
