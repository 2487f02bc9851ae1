// Target 6: what 3,000 connected clients that do nothing cost in memory.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startCrowd } from './crowd-process.js';
import { report } from './measure.js';
import { readRssMb } from './processes.js';
import { median } from './statistics.js';
import { startRecado } from './systems.js';
import { against } from './targets.js';
import type { Row } from './targets.js';

const SOCKETS = 3_000;
/** Connected before and all the while: what the process itself grows to with its first clients (code, the young generation) is no client's memory. */
const FIRST = 1_000;
const ROUNDS = 3;
/** Longer than the service's limit on the handshake, so that its timers are gone. */
const SETTLE_MS = 11_000;
const COLLECT_MS = 500;
/** What one collection frees is given back to the system by a later one. */
const COLLECTIONS = 4;

/** Runs the part: three fresh processes on PostgreSQL. Not measured without /proc. */
export async function idleSocketsPart(stop: AbortSignal): Promise<Row[]> {
  const collected: number[] = [];
  const asItIs: number[] = [];
  const totals: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    await using recado = await startRecado({
      nodeArgs: ['--expose-gc', '--import', join(import.meta.dirname, 'gc-on-signal.js')],
    });
    await using crowd = startCrowd(stop);
    const { port, pid } = recado.process;
    const tokens = recado.screens.map(({ token }) => token);
    await crowd.carryOut({ step: 'open', port, sockets: FIRST, tokens });
    await wait(SETTLE_MS);
    const before = await collectedRssKb(pid);
    await crowd.carryOut({ step: 'open', port, sockets: FIRST + SOCKETS, tokens });
    await wait(SETTLE_MS);
    const [untouched, after] = [readRssMb(pid) * 1024, await collectedRssKb(pid)];
    collected.push((after - before) / SOCKETS);
    asItIs.push((untouched - before) / SOCKETS);
    totals.push(after / 1024);
    report(
      `idle sockets, round ${round}: ${((after - before) / SOCKETS).toFixed(1)} kB each, ${((untouched - before) / SOCKETS).toFixed(1)} kB with the garbage of connecting; ${(before / 1024).toFixed(0)} → ${(untouched / 1024).toFixed(0)} → ${(after / 1024).toFixed(0)} MB`,
    );
    await crowd.carryOut({ step: 'close' });
  }
  return [
    against(
      'idle-socket',
      median(collected),
      `${median(asItIs).toFixed(1)} kB with the garbage of connecting; the process ${median(totals).toFixed(0)} MB`,
    ),
  ];
}

/** Resident memory once garbage is collected. */
async function collectedRssKb(pid: number): Promise<number> {
  for (let n = 0; n < COLLECTIONS; n++) {
    process.kill(pid, 'SIGUSR2');
    await wait(COLLECT_MS);
  }
  return readRssMb(pid) * 1024;
}
