// A whole run: the service, the world, the ledger, the sockets, the load, the verdict.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { worldName, type Dials } from './dials.js';
import { openLedger } from './ledger.js';
import { readLedger, type LedgerContents } from './ledger-records.js';
import { listen } from './listener.js';
import { runLoad } from './load.js';
import type { Options } from './options.js';
import { isClean } from './oracle/verdict.js';
import { startOwnService } from './own-service.js';
import { startProgress, type Screen } from './progress.js';
import { prove } from './prove.js';
import { reportOf } from './report.js';
import { tokensOf } from './tokens.js';
import { traffic, type Delivery } from './traffic/traffic.js';
import { prepareWorld, revisitWorld, type MakeToken } from './world.js';

/** The service that is written to. */
interface Target extends AsyncDisposable {
  url: string;
  token: MakeToken;
}

/** What a run is made with; `signal` ends the load early and goes on to the verdict. */
export interface Running {
  options: Options;
  screen: Screen;
  signal: AbortSignal;
}

/** Runs, shows the verdict, and says whether it is clean. Throws what a person can act on. */
export async function run(running: Running): Promise<boolean> {
  const { options } = running;
  const ledger = options.from === null ? null : await readLedger(options.from);
  await using target = await openTarget(options, running.screen);
  if (options.mode === 'verify' && ledger) return await verify(running, target, ledger);
  const dials = options.dials ?? ledger?.run.dials;
  if (!dials) throw new Error('there are neither dials nor a ledger');
  return await simulate(running, target, { dials, ledger });
}

async function openTarget({ url, jwtSecretFile, databaseUrl }: Options, screen: Screen): Promise<Target> {
  if (url !== null) {
    const secret = await readSecret(jwtSecretFile ?? '');
    return { url, token: tokensOf(secret), [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  screen.write(`Starting a service on ${databaseUrl === null ? 'the embedded database' : 'PostgreSQL'} …\n`);
  return startOwnService({ databaseUrl });
}

/** The secret itself, or the file in which a data directory keeps it. */
async function readSecret(path: string): Promise<Uint8Array> {
  const text = (await readFile(path, 'utf8')).trim();
  if (!text.startsWith('{')) return Buffer.from(text);
  const kept = JSON.parse(text) as { jwtSecret?: unknown };
  if (typeof kept.jwtSecret !== 'string') throw new Error(`${path} holds no jwtSecret`);
  return Buffer.from(kept.jwtSecret);
}

async function verify(
  { options, screen }: Running,
  target: Target,
  { run, entries }: LedgerContents,
): Promise<boolean> {
  const world = await revisitWorld({
    ...target,
    url: target.url,
    token: target.token,
    dials: run.dials,
    tenants: run.tenants,
  });
  // A ledger that ends early is that of a simulator which was stopped or killed.
  const isInterrupted = entries.length < run.dials.events;
  const verdict = await prove({ world, entries, screens: null, isInterrupted });
  screen.write(reportOf(verdict, { ledger: options.from ?? '', seed: run.dials.seed, again: null }));
  return isClean(verdict);
}

interface Plan {
  dials: Dials;
  /** The ledger that is replayed. */
  ledger: LedgerContents | null;
}

async function simulate({ options, screen, signal }: Running, target: Target, plan: Plan): Promise<boolean> {
  const { dials } = plan;
  const world = await prepareWorld({ url: target.url, token: target.token, dials });
  const path = options.ledger ?? freshPath(dials);
  mkdirSync(dirname(path), { recursive: true });
  const tenants = world.places.map(({ tenantId, instanceId, cursor, isFresh }) => ({
    tenantId,
    instanceId,
    cursor,
    isFresh,
  }));
  using ledger = openLedger(path, { dials, tenants });
  await using screens = await listen(world);
  const deliveries = plan.ledger ? replayed(plan.ledger) : traffic(dials);
  const total = plan.ledger?.entries.length ?? dials.events;
  screen.write(
    `${total} deliveries at ${dials.rate}/s to ${target.url}: ${dials.tenants} tenants, ${dials.chats} chats, seed ${dials.seed}\n`,
  );
  const heard = () => screens.heard.reduce((sum, { events }) => sum + events, 0);
  const progress = startProgress({ screen, total, heard });
  try {
    const { late } = await runLoad({ world, ledger, deliveries, signal, onOutcome: (sent) => progress.note(sent) });
    progress.stop();
    if (late > 0)
      screen.write(`The rate was not kept: ${late} deliveries waited more than a second for a free connection.\n`);
  } finally {
    progress.stop();
  }
  const verdict = await prove({ world, entries: ledger.entries(), screens, isInterrupted: signal.aborted });
  screen.write(reportOf(verdict, { ledger: path, seed: dials.seed, again: `npm run simulate -- --replay ${path}` }));
  return isClean(verdict);
}

/** The deliveries a ledger tells of, made again from its dials. Throws when they are not the same any more. */
function* replayed({ run, entries }: LedgerContents): Generator<Delivery> {
  const wanted = new Map(entries.map(({ n, sha256 }) => [n, sha256]));
  for (const delivery of traffic(run.dials)) {
    const sha256 = wanted.get(delivery.n);
    if (sha256 === undefined) continue;
    if (createHash('sha256').update(delivery.body).digest('hex') !== sha256) {
      throw new Error(`delivery ${delivery.n} is another one than the ledger's: it was written by another version`);
    }
    wanted.delete(delivery.n);
    yield delivery;
    if (wanted.size === 0) return;
  }
}

function freshPath(dials: Dials): string {
  const time = new Date().toISOString().replaceAll(':', '').slice(0, 17);
  return join('.recado', 'simulations', `${time}-${worldName(dials)}.jsonl`);
}
