// What an empty database is seeded with outside production, so that the first webhook and the first token work at once.
import { randomUUID } from 'node:crypto';
import { newId } from './ids.js';
import type { Database } from './db/database.js';
import { insertDemoTenant, selectHasInstance } from './db/sql/demo.js';

export const DEMO_TENANT = 'demo';
/** `demo` for whoever tries it, `instance-42` for the sample of the broker contract as it stands. */
export const DEMO_INSTANCES = ['demo', 'instance-42'] as const;

/**
 * Seeds tenant `demo` with its default queue and its canonical instances when the database holds no tenant. Safe for
 * several processes at once: one seeds, the others wait for it. Returns whether the demo is there, seeded now or before.
 */
export async function seedDemo(db: Database): Promise<boolean> {
  await db.transaction((client) =>
    insertDemoTenant(client, {
      tenantId: DEMO_TENANT,
      name: 'Demo',
      epoch: randomUUID(),
      queue: { id: newId(), name: 'Default' },
      instances: DEMO_INSTANCES.map((instanceId) => ({ id: newId(), instanceId })),
    }),
  );
  return selectHasInstance(db.pool, { tenantId: DEMO_TENANT, instanceId: DEMO_INSTANCES[0] });
}
