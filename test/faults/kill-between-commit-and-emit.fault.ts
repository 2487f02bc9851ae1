// Experiment 2, the half of it that ingest is: killed after the commit and before any screen was told, again and again.
import { Agent } from 'node:http';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { isOnPostgres } from '../support/on-postgres.js';
import { makeHome } from '../support/process.js';
import { connectSocket } from '../support/socket.js';
import type { Frame } from '../support/socket.js';
import { provision, startFaultService, tokenFor } from './support/fault-service.js';
import { noteFigures } from './support/figures.js';
import { judge, NOTHING_WRONG } from './support/log-oracle.js';
import { dial } from './support/tier.js';
import { newPost, send } from './support/webhook-load.js';
import type { Post } from './support/webhook-load.js';

const KILLS = dial({ fast: isOnPostgres ? 3 : 2, full: 100 });
/** The embedded database takes seconds to open: there are as many kills as fit into four minutes, and this many at least. */
const LONGEST_MS = isOnPostgres ? Infinity : 240_000;
const LEAST_KILLS = Math.min(KILLS, 25);
const TENANT = 'one';

const PositionSchema = z.object({ epoch: z.string(), seq: z.int(), replayed: z.int() });
const ShownSchema = z.object({ seq: z.int(), message: z.object({ externalId: z.string() }) });

test('every event reaches the screen that resumes, though the process was killed between commit and emit', async (context) => {
  await using home = await makeHome();
  const token = await tokenFor({ tenantId: TENANT });
  const agent = new Agent({ keepAlive: false });
  const posts: Post[] = [];
  const shown: { seq: number; id: string }[] = [];
  let cursor: string | undefined;
  let resumed = 0;
  let resyncs = 0;
  let killsWithoutReplay = 0;
  let kills = 0;

  /** A screen that takes up where the last one ended and writes down what it is shown. */
  async function join(url: string) {
    const screen = await connectSocket(url, { token, ...(cursor !== undefined && { since: cursor }) });
    const { epoch, seq, replayed } = PositionSchema.parse(await screen.waitFor('ready'));
    await vi.waitFor(() => expect(lastSeq(screen.frames, seq - replayed)).toBe(seq), { timeout: 5_000, interval: 2 });
    function leave(): void {
      screen.client.disconnect();
      for (const { event, payload } of screen.frames) {
        if (event === 'resync_required') resyncs += 1;
        if (event !== 'ticket.message') continue;
        const { seq: number, message } = ShownSchema.parse(payload);
        shown.push({ seq: number, id: message.externalId });
      }
      cursor = `${epoch}:${lastSeq(screen.frames, seq - replayed)}`;
    }
    return { replayed, frames: screen.frames, leave };
  }

  function post(url: string, id: string): Promise<void> {
    const one = newPost({ id, tenantId: TENANT });
    posts.push(one);
    return send({ url, agent, post: one, chat: id.length });
  }

  {
    await using first = await startFaultService({ home });
    await provision(first.url, [TENANT]);
    (await join(first.url)).leave();
  }
  const from = performance.now();
  for (let n = 0; n < KILLS && (n < LEAST_KILLS || performance.now() - from < LONGEST_MS); n += 1) {
    await using service = await startFaultService({ home, failpoint: `committed:${1 + (n % 3)}` });
    const screen = await join(service.url);
    if (n > 0 && screen.replayed === 0) killsWithoutReplay += 1;
    resumed += screen.replayed;
    for (let k = 0; service.process.child.signalCode === null; k += 1) {
      await Promise.all([post(service.url, `m${n}-${k}-a`), post(service.url, `m${n}-${k}-b`)]);
    }
    expect((await service.process.ended()).signal).toBe('SIGKILL');
    kills += 1;
    screen.leave();
  }
  await using last = await startFaultService({ home });
  const screen = await join(last.url);
  resumed += screen.replayed;
  for (const { id, outcome } of posts.slice()) if (outcome !== 'acked') await post(last.url, id);
  const verdict = await judge(last.url, posts);
  await vi.waitFor(
    () =>
      expect(new Set([...shown.map(({ id }) => id), ...idsIn(screen.frames)]).size).toBe(
        new Set(posts.map(({ id }) => id)).size,
      ),
    { timeout: 5_000, interval: 5 },
  );
  screen.leave();
  agent.destroy();

  const gaps = shown.filter(({ seq }, index) => index > 0 && seq !== (shown[index - 1]?.seq ?? 0) + 1).length;
  noteFigures(context, {
    experiment: 2,
    what: `webhooks → killed between commit and emit ×${kills}${kills < KILLS ? ', as often as four minutes allow' : ''}`,
    figures: {
      events: shown.length,
      'reached the screen by resuming': resumed,
      gaps,
      resyncs,
      lost: verdict.lost,
      duplicated: verdict.duplicated,
    },
  });
  expect(verdict).toEqual(NOTHING_WRONG);
  expect(killsWithoutReplay).toBe(0);
  expect({ gaps, resyncs }).toEqual({ gaps: 0, resyncs: 0 });
  expect(shown.length).toBe(new Set(shown.map(({ id }) => id)).size);
});

function lastSeq(frames: readonly Frame[], before: number): number {
  return frames.reduce((last, { payload }) => Math.max(last, SeqSchema.safeParse(payload).data?.seq ?? last), before);
}
const SeqSchema = z.object({ seq: z.int(), eventId: z.string() });

function idsIn(frames: readonly Frame[]): string[] {
  return frames.flatMap(({ event, payload }) =>
    event === 'ticket.message' ? [ShownSchema.parse(payload).message.externalId] : [],
  );
}
