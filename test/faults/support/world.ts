// Service contexts on the database this run is for: two on PostgreSQL, as two replicas have it, one on the embedded.
import type { Pool } from 'pg';
import type { Context } from '../../../apps/api/dist/context.js';
import type { Delivery } from '../../../apps/api/dist/ingest/ingest.js';
import { bootService } from '../../support/boot.js';
import { addTenant, openIngestWorld } from '../../support/ingest-world.js';
import { isOnPostgres } from '../../support/on-postgres.js';

type Verdicts = Awaited<ReturnType<Context['ingest']['submit']>>;

/** The contexts and the hands that experiments on them need. */
export interface World extends AsyncDisposable {
  replicas: number;
  pool: Pool;
  /** Hands a delivery to the n-th replica, counted round. */
  submit(n: number, delivery: Delivery): Promise<Verdicts>;
}

/** Opens a world. Every tenant `t` has the instances `t-a` and `t-b`. */
export async function openWorld(tenants: string[] = ['t1']): Promise<World> {
  if (isOnPostgres) {
    const world = await openIngestWorld({ contexts: 2, tenants });
    return {
      replicas: 2,
      pool: world.pool,
      submit: (n, one) => world.context(n).ingest.submit(one),
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    };
  }
  const rig = await bootService();
  const { pool } = rig.ctx.db;
  for (const tenant of tenants) await addTenant(pool, tenant);
  return {
    replicas: 1,
    pool,
    submit: (_n, one) => rig.ctx.ingest.submit(one),
    [Symbol.asyncDispose]: () => rig.close(),
  };
}
