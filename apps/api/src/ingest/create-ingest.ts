// Composes ingest: the waiting line, the batches, and what follows a commit.
import type { Config } from '../config.js';
import type { Analyzer } from '../db/analyze.js';
import type { Database } from '../db/database.js';
import { seal } from '../encryption.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import type { Hub } from '../realtime/hub.js';
import type { Secrets } from '../secrets.js';
import { mapInTurns } from '../turns.js';
import { commitBatch, type Committer } from './commit-batch.js';
import { GroupCommit, MAX_BATCH } from './group-commit.js';
import type { Delivery, Ingest, ItemVerdict } from './ingest.js';
import { KnownAliases } from './known-aliases.js';
import { openDelivery, toWork, type ParkedOrigin } from './work.js';

const PORTIONS_A_TURN = 10;

/** The parts ingest works with. */
export interface IngestParts {
  config: Pick<Config, 'reopenHours'>;
  db: Database;
  hub: Hub;
  log: Log;
  metrics: Metrics;
  secrets: Pick<Secrets, 'encryptionKey'>;
  analyzer: Pick<Analyzer, 'noteIngested'>;
}

/** Makes the ingest of one process. */
export function createIngest({ config, db, hub, log, metrics, secrets, analyzer }: IngestParts): Ingest {
  const known = new KnownAliases();
  const committer: Committer = {
    db,
    log,
    environment: {
      known,
      begin: db.ingestBegin,
      reopenHours: config.reopenHours,
      seal: (plain) => seal(secrets.encryptionKey, plain, 'media_jobs.source'),
    },
    committed(result, works) {
      for (const [address, alias] of result.learned) known.remember(address, alias);
      hub.committed(result.entries);
      analyzer.noteIngested(works.length);
      metrics.batchEvents.observe(works.length);
    },
    merged: (entries) => hub.committed(entries),
  };
  const line = new GroupCommit((portions) => commitBatch(committer, portions));
  metrics.observe({ waiting: () => line.waiting });

  async function submit(delivery: Delivery, origins: ParkedOrigin[] = []): Promise<ItemVerdict[]> {
    const open = openDelivery(delivery);
    const works = await mapInTurns(delivery.items, (item, index) => toWork(open, item, index, origins[index] ?? null));
    // A delivery larger than an instance's half of the line goes in turns: it would never find room for all of it at once.
    const portions = chunk(works, MAX_BATCH);
    let since = waitingSince(delivery);
    for (const turn of chunk(portions, PORTIONS_A_TURN)) {
      const { instanceId, raw } = delivery;
      await settled(turn.map((some) => line.add(some, instanceId, some === portions[0] ? raw.length : 0, since)));
      since = performance.now();
    }
    metrics.ingestSeconds.observe((Date.now() - delivery.receivedAt.getTime()) / 1000);
    return works.map((work) => {
      if (!work.outcome) throw new Error('an item was committed without a verdict');
      metrics.countVerdict(work.outcome.verdict, work.outcome.reason, work.payloadType, delivery.transport);
      return work.outcome;
    });
  }

  return {
    submit: (delivery) => submit(delivery),
    resubmit: submit,
    waiting: () => line.waiting,
    close: () => line.close(),
  };
}

/** When its broker began to wait, by `performance.now()`: a webhook from its arrival, what is submitted again from now. */
function waitingSince({ transport, receivedAt }: Delivery): number {
  const waited = transport === 'webhook' ? Date.now() - receivedAt.getTime() : 0;
  return performance.now() - Math.max(0, waited);
}

function chunk<T>(items: T[], size: number): T[][] {
  if (items.length <= size) return [items];
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}

/** Waits for all before it throws the first error. Only what a slow database keeps too long may still be on its way when its broker is answered. */
async function settled(portions: Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(portions);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
