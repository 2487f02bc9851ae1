// The messages that a service has stored, by their brokers' ids: read from its event log, which commits with them.
import { z } from 'zod';
import { idsOf } from './requests.js';

const PageSchema = z.object({
  data: z.array(z.object({ payload: z.object({ message: z.object({ externalId: z.string() }).optional() }) })),
  nextCursor: z.string(),
});

/** Reads the log of each tenant from where it was read last; gives the ids that are new in it. Throws when a page is refused. */
export function createLogReader(screens: readonly { tenantId: string; token: string }[]) {
  const cursors = new Map<string, string>();

  return async (port: number): Promise<Set<string>> => {
    const ids = new Set<string>();
    for (const { tenantId, token } of screens) {
      for (;;) {
        const since = cursors.get(tenantId) ?? '0';
        const answer = await fetch(`http://127.0.0.1:${port}/api/events?since=${since}&limit=500`, {
          headers: { authorization: `Bearer ${token}` },
        });
        if (answer.status !== 200) throw new Error(`the log of ${tenantId} was answered ${await answer.text()}`);
        const { data, nextCursor } = PageSchema.parse(await answer.json());
        cursors.set(tenantId, nextCursor);
        if (data.length === 0) break;
        for (const { payload } of data) if (payload.message) ids.add(payload.message.externalId);
      }
    }
    return ids;
  };
}

/** Ids of a run that were acknowledged and are not stored. What is stored without an answer makes up for none of them. */
export function lostOf(load: { run: string; begun: number; unacknowledged: string[] }, stored: Set<string>): string[] {
  const unacknowledged = new Set(load.unacknowledged);
  return idsOf(load.run, load.begun).filter((id) => !unacknowledged.has(id) && !stored.has(id));
}
