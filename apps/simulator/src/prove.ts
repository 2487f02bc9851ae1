// After the load: waits until the screens have heard everything, looks at the service, and judges.
import type { Entry } from './ledger-records.js';
import type { Screens } from './listener.js';
import { hearLog, observe, readCursors } from './oracle/observe.js';
import { judge, type Verdict } from './oracle/verdict.js';
import type { World } from './world.js';

/** What is to be proven. Without screens the log itself is read, as a screen that comes late would. */
export interface Proof {
  world: World;
  entries: Entry[];
  screens: Screens | null;
  /** How long the screens may take to catch up, ms. */
  withinMs?: number;
  /** Whether screens may be told to load again without a finding. */
  mayResync?: boolean;
  /** Whether a signal ended the load: then deliveries without an outcome are no fault of the service. */
  isInterrupted?: boolean;
}

/** The verdict on a run whose service is there again. Throws when it cannot be asked. */
export async function prove(proof: Proof): Promise<Verdict> {
  const { world, entries, screens, withinMs = 30_000, mayResync = false, isInterrupted = false } = proof;
  // Something late may still be written: what counts is what both the reading and the screens can know.
  await screens?.reach(await readCursors(world), withinMs);
  const { stored, cursors, audits } = await observe(world);
  await screens?.reach(cursors, withinMs);
  const heard = screens ? screens.heard : await hearLog(world);
  const freshTenants = new Set(world.places.filter(({ isFresh }) => isFresh).map(({ tenantId }) => tenantId));
  return judge({ entries, stored, audits, heard, freshTenants, cursors, mayResync, isInterrupted });
}
