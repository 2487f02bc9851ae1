// Target 4: durable ingest on a disk that takes 1.5 ms longer for each flush.
import { Client } from 'pg';
import type { Loader } from './loader-process.js';
import { report, warmUp } from './measure.js';
import type { Options } from './options.js';
import { createDatabase } from './postgres.js';
import type { BenchDatabase, DatabaseSettings } from './postgres.js';
import { figuresOf, inTurns, ratio } from './rounds.js';
import { percentile } from './statistics.js';
import { startNaive, startRecado } from './systems.js';
import { against } from './targets.js';
import type { Row } from './targets.js';

const SLOWED_BY_MS = 1.5;
/** Whoever flushes waits first, while it holds the lock of the log; without siblings it always waits. Only superusers may set it. */
const SLOW_FLUSH: DatabaseSettings = { commit_delay: String(SLOWED_BY_MS * 1000), commit_siblings: '0' };
const COMMITS = 200;
const FASTEST = 0.1;
/** Less than this share of it and the setting does not do what it is there for. */
const LEAST_SHARE = 0.9;

/** Runs the part on PostgreSQL. Not measured where the flushes cannot be slowed. */
export async function slowFlushPart(loader: Loader, options: Options): Promise<Row[]> {
  const commits = await lonelyCommits();
  if (commits === null || commits.slowed - commits.usual < SLOWED_BY_MS * LEAST_SHARE) {
    const why =
      commits === null
        ? 'the user may not set commit_delay'
        : `a lone commit took ${commits.usual.toFixed(2)} ms and with commit_delay ${commits.slowed.toFixed(2)} ms: does somebody else flush the log of this server?`;
    report(`slow flush: ${why}`);
    return [against('slow-flush-50', NaN, why), against('slow-flush-8', NaN, why)];
  }
  const { usual, slowed } = commits;
  const delay = `a lone commit ${usual.toFixed(2)} → ${slowed.toFixed(2)} ms`;
  report(`slow flush: ${delay}`);
  await using recado = await startRecado({ profile: options.profile, settings: SLOW_FLUSH });
  await using naive = await startNaive({ settings: SLOW_FLUSH });
  for (const system of [naive, recado]) await warmUp(loader, system);
  const at50 = await inTurns(loader, [naive, recado], { ...options, connections: 50 });
  const at8 = await inTurns(loader, [naive, recado], { ...options, connections: 8 });
  const figures = (rounds: typeof at50) => `${figuresOf(rounds, ['recado', 'naive'])}; ${delay}`;
  return [
    against('slow-flush-50', ratio(at50, 'recado', 'naive'), figures(at50)),
    against('slow-flush-8', ratio(at8, 'recado', 'naive'), figures(at8)),
  ];
}

/**
 * Times in ms of a commit that nobody else of ours could share, in turns; null when the flushes may not be slowed.
 * Of the fastest tenth: what is busy beside us makes others slower still, and hides the difference.
 */
async function lonelyCommits(): Promise<{ usual: number; slowed: number } | null> {
  try {
    await using usual = await createDatabase();
    await using slowed = await createDatabase(SLOW_FLUSH);
    const clients = [await connectTo(usual), await connectTo(slowed)] as const;
    try {
      const times = { usual: [] as number[], slowed: [] as number[] };
      for (let n = 0; n < COMMITS; n++) {
        times.usual.push(await commitMs(clients[0]));
        times.slowed.push(await commitMs(clients[1]));
      }
      return { usual: percentile(times.usual, FASTEST), slowed: percentile(times.slowed, FASTEST) };
    } finally {
      await Promise.all(clients.map((client) => client.end()));
    }
  } catch (error) {
    // Insufficient privilege.
    if (error instanceof Error && 'code' in error && error.code === '42501') return null;
    throw error;
  }
}

/** A session that has what its database was set to, and a table to write to. */
async function connectTo({ url }: BenchDatabase): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('create table commits (n int)');
  return client;
}

async function commitMs(client: Client): Promise<number> {
  const from = performance.now();
  await client.query('insert into commits values (1)');
  return performance.now() - from;
}
