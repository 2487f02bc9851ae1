// What became of a load, read back from every tenant's log: lost, doubled, changed, out of number, told to the wrong tenant.
import { z } from 'zod';
import { tokenFor } from './fault-service.js';
import type { Post } from './webhook-load.js';

const PageSchema = z.object({
  data: z.array(z.object({ seq: z.int(), type: z.string(), payload: z.looseObject({ tenantId: z.string() }) })),
  nextCursor: z.string(),
});
const MessageSchema = z.object({ message: z.object({ externalId: z.string(), content: z.string() }) });
/** An event as `GET /api/events` shows it. */
export type Entry = z.infer<typeof PageSchema>['data'][number];

/** All five are zero when nothing is wrong. */
export interface LoadVerdict {
  lost: number;
  duplicated: number;
  corrupt: number;
  gaps: number;
  leaks: number;
}

/** The whole log of a tenant. */
export async function readLog(url: string, tenantId: string): Promise<Entry[]> {
  const headers = { authorization: `Bearer ${await tokenFor({ tenantId })}` };
  const entries: Entry[] = [];
  for (let since = '0'; ;) {
    const answer = await fetch(`${url}/api/events?since=${since}&limit=500`, { headers });
    if (answer.status !== 200) throw new Error(`the log was answered ${answer.status}: ${await answer.text()}`);
    const page = PageSchema.parse(await answer.json());
    entries.push(...page.data);
    if (page.data.length < 500) return entries;
    since = page.nextCursor;
  }
}

/** Judges everything that was acknowledged against the logs of the tenants it was for. */
export async function judge(url: string, posts: readonly Post[]): Promise<LoadVerdict> {
  const tenants = [...new Set(posts.map((post) => post.tenantId))];
  const logs = new Map<string, Entry[]>();
  for (const tenantId of tenants) logs.set(tenantId, await readLog(url, tenantId));
  return verdictOn(posts, logs);
}

/** The same, with the logs at hand. */
export function verdictOn(posts: readonly Post[], logs: ReadonlyMap<string, readonly Entry[]>): LoadVerdict {
  const verdict: LoadVerdict = { lost: 0, duplicated: 0, corrupt: 0, gaps: 0, leaks: 0 };
  for (const [tenantId, log] of logs) {
    const told = new Map<string, string[]>();
    log.forEach((entry, index) => {
      if (entry.seq !== index + 1) verdict.gaps += 1;
      if (entry.payload.tenantId !== tenantId) verdict.leaks += 1;
      if (entry.type !== 'ticket.message') return;
      const { externalId, content } = MessageSchema.parse(entry.payload).message;
      told.set(externalId, [...(told.get(externalId) ?? []), content]);
    });
    const own = new Map(posts.filter((post) => post.tenantId === tenantId).map((post) => [post.id, post]));
    const acked = new Set(posts.flatMap(({ id, outcome }) => (outcome === 'acked' ? [id] : [])));
    for (const [id, post] of own) {
      const contents = told.get(id) ?? [];
      if (contents.length === 0 && acked.has(id)) verdict.lost += 1;
      if (contents.length > 1) verdict.duplicated += 1;
      if (contents.some((content) => content !== post.text)) verdict.corrupt += 1;
    }
    for (const id of told.keys()) if (!own.has(id)) verdict.leaks += 1;
  }
  return verdict;
}

/** What `judge` says when nothing is wrong. */
export const NOTHING_WRONG: LoadVerdict = { lost: 0, duplicated: 0, corrupt: 0, gaps: 0, leaks: 0 };
