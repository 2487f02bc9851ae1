// The webhooks of a load plan, in order.
import type { LoadPlan } from './load.js';
import { webhookRequest } from './webhook-request.js';
import type { PreparedRequest } from './webhook-request.js';

/** Prime to the number of contacts: neighbours in time are different people of different tenants. */
const STRIDE = 7_919;

/** Ids of the first `count` requests of a run. */
export function idsOf(run: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => idOf(run, n));
}

function idOf(run: string, n: number): string {
  return `wamid.${run}.${n}`;
}

/** Gives the next request each time it is called; those beyond `prepare` are made when they are needed. */
export function createRequests({ run, tenants, contacts, secret, prepare }: LoadPlan): () => PreparedRequest {
  function make(n: number): PreparedRequest {
    const contact = (n * STRIDE) % contacts;
    const instanceId = tenants[contact % tenants.length] ?? '';
    return webhookRequest({ id: idOf(run, n), instanceId, contact, secret });
  }
  const prepared = Array.from({ length: prepare }, (_, n) => make(n));
  let n = 0;
  return () => {
    const request = prepared[n] ?? make(n);
    n += 1;
    return request;
  };
}
