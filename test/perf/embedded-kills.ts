// Kills of the embedded service under load: what was acknowledged and is gone, and how long it takes to be back.
import { setTimeout as wait } from 'node:timers/promises';
import type { Loader } from './loader-process.js';
import { planOf, report } from './measure.js';
import { startServer } from './processes.js';
import type { ServerProcess } from './processes.js';
import { createLogReader, lostOf } from './stored-ids.js';
import { countLedger, serviceArgs } from './systems.js';
import type { Service } from './systems.js';

/** How often it is killed. */
export const KILLS = 10;

/** The kill falls anywhere in a batch. */
const LOADED_MS = { least: 700, most: 1_700 };
/** Longer than any load lives. */
const LOAD_SECONDS = 10;

/** `reopened`: seconds from the start of each process after a kill until it was ready. */
export interface Kills {
  /** Acknowledged ids that are not stored after the next start. */
  lost: number;
  acknowledged: number;
  /** Of a kill, the least that was acknowledged before it: 0 says that one of them proves nothing. */
  leastAcknowledged: number;
  stored: number;
  reopened: number[];
}

/** Kills the service, which is running, again and again; leaves it stopped. */
export async function killRepeatedly(loader: Loader, recado: Service): Promise<Kills> {
  const kills: Kills = {
    lost: 0,
    acknowledged: 0,
    leastAcknowledged: Infinity,
    stored: await countLedger(recado.process.port),
    reopened: [],
  };
  const readLog = createLogReader(recado.screens);
  await readLog(recado.process.port);
  let server: ServerProcess = recado.process;
  try {
    for (let kill = 1; kill <= KILLS; kill++) {
      const load = await loadAndKill(loader, { ...recado, process: server });
      server = await startServer(serviceArgs(), recado.env);
      const { acknowledged } = load;
      const lost = lostOf(load, await readLog(server.port)).length;
      kills.lost += lost;
      kills.acknowledged += acknowledged;
      kills.leastAcknowledged = Math.min(kills.leastAcknowledged, acknowledged);
      kills.stored = await countLedger(server.port);
      kills.reopened.push(server.startMs / 1000);
      report(
        `embedded, kill ${kill}: ${acknowledged} acknowledged, ${lost} lost, reopened in ${(server.startMs / 1000).toFixed(2)} s`,
      );
    }
  } finally {
    await server.stop('SIGKILL');
  }
  return kills;
}

async function loadAndKill(loader: Loader, system: Service) {
  const until = { seconds: LOAD_SECONDS };
  const plan = planOf(system, { connections: 50, until, prepare: 0, mayBreak: true });
  const load = loader.carryOut(plan);
  await wait(LOADED_MS.least + Math.random() * (LOADED_MS.most - LOADED_MS.least));
  await system.process.stop('SIGKILL');
  return { ...(await load), run: plan.run };
}
