// When the service runs ANALYZE: plans made on empty tables are 8 times slower, and autovacuum comes a minute late or never (`ingest.md` 7.1).
import type { Database } from './database.js';
import { codeOf } from './errors.js';
import type { DbLog } from './db-log.js';
import { allowLongStatements, longQuery } from './long-query.js';

/** The tables of the hot statements. */
const HOT_TABLES = ['contacts', 'contact_aliases', 'tickets', 'messages', 'parked_events', 'events', 'inbox_events'];
const FIRST_AT = 100;
const GROWTH = 10;

/** Runs ANALYZE on the general pool, one at a time; what fails is logged and left to the next occasion. */
export interface Analyzer {
  /** Analyses the hot tables that have no statistics yet. */
  start(): Promise<void>;
  /** Counts ingested events: at the first 100 and at each tenfold growth the hot tables are analysed. */
  noteIngested(count: number): void;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

/** Makes the analyzer of one process. */
export function createAnalyzer(db: Database, log: DbLog): Analyzer {
  let total = 0;
  let next = FIRST_AT;
  let running: Promise<void> | null = null;

  async function run(tables: string[]): Promise<void> {
    try {
      for (const table of tables) await analyzeTable(db, table);
      if (tables.length > 0) log.info({ tables: tables.length }, 'statistics refreshed');
    } catch (error) {
      log.warn({ code: codeOf(error) }, 'ANALYZE failed; statistics stay as they were');
    }
  }

  function alone(work: () => Promise<void>): Promise<void> {
    running ??= work().finally(() => {
      running = null;
      runWhenDue();
    });
    return running;
  }

  function runWhenDue(): void {
    if (running || total < next) return;
    next = nextThreshold(total);
    void alone(() => run(HOT_TABLES));
  }

  return {
    start: () =>
      alone(async () => {
        try {
          const found = await readStatistics(db);
          total += found.messages;
          next = nextThreshold(total);
          await run(found.unknown);
        } catch (error) {
          log.warn({ code: codeOf(error) }, 'the statistics could not be read');
        }
      }),
    noteIngested(count) {
      total += count;
      runWhenDue();
    },
    async idle() {
      await running;
      // What ended may have made the next one due.
      if (running) await this.idle();
    },
  };
}

/** The count at which the next ANALYZE is due: 100, then ten times what there was at the last. */
export function nextThreshold(total: number): number {
  return Math.max(FIRST_AT, total * GROWTH);
}

async function readStatistics(db: Database): Promise<{ unknown: string[]; messages: number }> {
  const { rows } = await db.pool.query<{ name: string; count: number }>(
    'select name, c.reltuples::float8 as count from unnest($1::text[]) as hot (name) join pg_class c on c.oid = to_regclass(name)',
    [HOT_TABLES],
  );
  return {
    unknown: rows.filter(({ count }) => count <= 0).map(({ name }) => name),
    messages: Math.max(0, rows.find(({ name }) => name === 'messages')?.count ?? 0),
  };
}

/** One table per transaction, so that on the embedded database others get their turn in between. Skips a table that another process analyses now. */
async function analyzeTable(db: Database, table: string): Promise<void> {
  await db.transaction(async (client) => {
    await allowLongStatements(client);
    await longQuery(client, `analyze (skip_locked) ${table}`);
  });
}
