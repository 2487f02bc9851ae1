// What became of a load, read back from every tenant's log and threads: lost, doubled, changed, out of number, told to the wrong tenant.
import { z } from 'zod';
import { tokenFor } from './fault-service.js';
import { readThreads } from './threads.js';
import type { Row } from './threads.js';
import type { Post } from './webhook-load.js';

const PageSchema = z.object({
  data: z.array(z.object({ seq: z.int(), type: z.string(), payload: z.looseObject({ tenantId: z.string() }) })),
  nextCursor: z.string(),
});
const MessageSchema = z.object({ message: z.object({ externalId: z.string(), content: z.string() }) });
/** An event as `GET /api/events` shows it. */
export type Entry = z.infer<typeof PageSchema>['data'][number];

/** What was read of a tenant. */
export interface Found {
  log: readonly Entry[];
  rows: readonly Row[];
}

/** All are zero when nothing is wrong. The rows are those of the threads, the others what the log tells. */
export interface LoadVerdict {
  lost: number;
  duplicated: number;
  corrupt: number;
  gaps: number;
  leaks: number;
  /** Acknowledged, or told in the log, and in no thread. */
  rowsMissing: number;
  rowsDoubled: number;
  rowsCorrupt: number;
  /** In a thread, and never sent to this tenant. */
  rowsLeaked: number;
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

/** Judges everything that was acknowledged against the logs and the threads of the tenants it was for. */
export async function judge(url: string, posts: readonly Post[]): Promise<LoadVerdict> {
  const tenants = [...new Set(posts.map((post) => post.tenantId))];
  const found = new Map<string, Found>();
  for (const tenantId of tenants)
    found.set(tenantId, { log: await readLog(url, tenantId), rows: await readThreads(url, tenantId) });
  return verdictOn(posts, found);
}

/** The same, with what was read at hand. */
export function verdictOn(posts: readonly Post[], found: ReadonlyMap<string, Found>): LoadVerdict {
  const verdict: LoadVerdict = { ...NOTHING_WRONG };
  for (const [tenantId, { log, rows }] of found) {
    const told = new Map<string, string[]>();
    log.forEach((entry, index) => {
      if (entry.seq !== index + 1) verdict.gaps += 1;
      if (entry.payload.tenantId !== tenantId) verdict.leaks += 1;
      if (entry.type !== 'ticket.message') return;
      const { externalId, content } = MessageSchema.parse(entry.payload).message;
      told.set(externalId, [...(told.get(externalId) ?? []), content]);
    });
    const own = new Map(posts.filter((post) => post.tenantId === tenantId).map((post) => [post.id, post]));
    const stored = new Map<string, string[]>();
    for (const { id, content } of rows) stored.set(id, [...(stored.get(id) ?? []), content]);
    const acked = new Set(posts.flatMap(({ id, outcome }) => (outcome === 'acked' ? [id] : [])));
    for (const [id, post] of own) {
      const contents = told.get(id) ?? [];
      if (contents.length === 0 && acked.has(id)) verdict.lost += 1;
      if (contents.length > 1) verdict.duplicated += 1;
      if (contents.some((content) => content !== post.text)) verdict.corrupt += 1;
      const kept = stored.get(id) ?? [];
      if (kept.length === 0 && (acked.has(id) || contents.length > 0)) verdict.rowsMissing += 1;
      if (kept.length > 1) verdict.rowsDoubled += 1;
      if (kept.some((content) => content !== post.text)) verdict.rowsCorrupt += 1;
    }
    for (const id of stored.keys()) if (!own.has(id)) verdict.rowsLeaked += 1;
    for (const id of told.keys()) if (!own.has(id)) verdict.leaks += 1;
  }
  return verdict;
}

/** What `judge` says when nothing is wrong. */
export const NOTHING_WRONG: Readonly<LoadVerdict> = {
  lost: 0,
  duplicated: 0,
  corrupt: 0,
  gaps: 0,
  leaks: 0,
  rowsMissing: 0,
  rowsDoubled: 0,
  rowsCorrupt: 0,
  rowsLeaked: 0,
};
