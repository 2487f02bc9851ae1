// Commits a batch whatever happens: again after a race, one by one around poison, 503 for all when the database cannot (DESIGN 4.7).
import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from '../db/database.js';
import { classifySqlError, codeOf } from '../db/errors.js';
import { RecadoError } from '../errors.js';
import type { LogEntry } from '../events/entry.js';
import type { Log } from '../log.js';
import { runBatch, type BatchEnvironment, type BatchResult } from './batch.js';
import { MergeNeeded, NamesJoined, StaleMemory } from './batch-interrupts.js';
import type { Portion } from './group-commit.js';
import { mergeContacts } from './merge.js';
import { parkPoison } from './poison.js';
import { TrackedClient } from './tracked-client.js';
import { resetWork, type Work } from './work.js';

export interface Committer {
  db: Database;
  log: Log;
  environment: Omit<BatchEnvironment, 'now'>;
  /** Told of every commit, before anybody is answered. */
  committed: (result: BatchResult, works: Work[]) => void;
  /** Told of merges that evidence brought about. */
  merged: (entries: LogEntry[]) => void;
}

const ATTEMPTS = 8;

/** Commits the portions. Returns those that could not be, with their errors. */
export async function commitBatch(committer: Committer, portions: Portion[]): Promise<Map<Portion, unknown>> {
  try {
    await attempt(
      committer,
      portions.flatMap((portion) => portion.works),
    );
    return new Map();
  } catch (error) {
    if (!isPoison(error)) return new Map(portions.map((portion) => [portion, unavailable(committer, error)]));
    return isolate(committer, portions);
  }
}

/** Every item in a transaction of its own, once; what is refused again is parked. */
async function isolate(committer: Committer, portions: Portion[]): Promise<Map<Portion, unknown>> {
  const failures = new Map<Portion, unknown>();
  for (const portion of portions) {
    try {
      for (const work of portion.works) await alone(committer, work);
    } catch (error) {
      failures.set(portion, unavailable(committer, error));
    }
  }
  return failures;
}

async function alone(committer: Committer, work: Work): Promise<void> {
  try {
    await attempt(committer, [work]);
  } catch (error) {
    if (!isPoison(error)) throw error;
    committer.log.warn(
      { code: codeOf(error), kind: work.payloadType, traceId: work.delivery.traceId, err: error },
      'an item was parked as poison',
    );
    await parkPoison(committer.db, work, error);
    committer.committed({ entries: [], learned: new Map() }, [work]);
  }
}

/** Runs the batch until it commits: races and merges start it over, with its works as they came. */
async function attempt(committer: Committer, works: Work[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    works.forEach(resetWork);
    try {
      const result = await inTransaction(committer, works);
      for (const work of works) work.delivery.written = true;
      committer.committed(result, works);
      return;
    } catch (error) {
      if (tries >= ATTEMPTS || !(await canGoOn(committer, error, tries))) throw error;
    }
  }
}

async function inTransaction({ db, environment }: Committer, works: Work[]): Promise<BatchResult> {
  const client = await db.ingestPool.connect();
  const tracked = new TrackedClient(client);
  try {
    const result = await runBatch(tracked, works, { ...environment, now: new Date() });
    client.release();
    return result;
  } catch (caught) {
    const error = tracked.firstError ?? caught;
    if (classifySqlError(error) === 'outage') client.release(true);
    else
      await client.query('rollback').then(
        () => client.release(),
        () => client.release(true),
      );
    throw error;
  }
}

/** Deals with what interrupted a batch; false when starting over would not help. */
async function canGoOn({ db, environment, log, merged }: Committer, error: unknown, tries: number): Promise<boolean> {
  if (error instanceof StaleMemory) {
    for (const address of error.addresses) environment.known.forget(address);
    return true;
  }
  if (error instanceof NamesJoined) return true;
  if (error instanceof MergeNeeded) {
    for (const pair of error.pairs) {
      const { entries } = await mergeContacts(db, { ...pair, actor: null, traceId: `merge-${pair.contactIds[0]}` });
      merged(entries);
    }
    return true;
  }
  const isRace = classifySqlError(error) === 'retry' || codeOf(error) === '23505';
  if (!isRace) return false;
  log.debug({ code: codeOf(error), tries }, 'a batch raced with another and starts over');
  await wait(Math.random() * 20 * tries);
  return tries < (codeOf(error) === '23505' ? 3 : ATTEMPTS);
}

/** An error that one item is to blame for: a value was refused, or the item broke our own code. */
function isPoison(error: unknown): boolean {
  if ([RecadoError, MergeNeeded, NamesJoined, StaleMemory].some((kind) => error instanceof kind)) return false;
  const kind = classifySqlError(error);
  return kind === 'data' || (kind === 'bug' && !isSqlState(codeOf(error)));
}

/** A SQLSTATE of class bug is a wrong statement: nothing is wrong with the item. */
function isSqlState(code: string | undefined): boolean {
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code);
}

function unavailable({ log }: Committer, error: unknown): RecadoError {
  log.error({ code: codeOf(error), err: error }, 'a batch could not be committed');
  return new RecadoError('UNAVAILABLE', { cause: error, retryAfterSeconds: 1 });
}
