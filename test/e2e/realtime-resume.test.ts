// Resuming by cursor: exactly what was missed, or an honest resync.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Node, Screen } from './realtime-rig.js';
import { addTenant, append, join, openStore, startNode, token, until } from './realtime-rig.js';

let store: Awaited<ReturnType<typeof openStore>>;
let node: Node;

beforeAll(async () => {
  store = await openStore();
  node = await startNode(store);
});
afterAll(async () => {
  await node.close();
  await store.close();
});

async function resume(tenantId: string, since: unknown, transports = ['websocket']): Promise<Screen> {
  return join(node.url, { auth: { token: await token(tenantId), since }, transports });
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

describe('resume', () => {
  test.each([[['websocket']], [['polling']]])(
    'a resumed screen over %j gets exactly what it missed',
    async (transports) => {
      const tenant = await addTenant(store.db);
      await append(store.db, tenant, 150);
      await append(store.db, tenant, 150);
      const screen = await resume(tenant, 'e1:40', transports);
      expect(screen.frames[0]).toEqual({ event: 'ready', data: { epoch: 'e1', seq: 300, replayed: 260 } });
      await until(() => screen.seqs().length >= 260);
      expect(screen.seqs()).toEqual(range(41, 300));
      screen.socket.disconnect();
    },
  );

  test('a screen whose cursor is the head gets ready with nothing replayed, then live', async () => {
    const tenant = await addTenant(store.db);
    await append(store.db, tenant, 3);
    const screen = await resume(tenant, 'e1:3');
    expect(screen.frames[0]?.data).toEqual({ epoch: 'e1', seq: 3, replayed: 0 });
    node.hub.committed(await append(store.db, tenant));
    await until(() => screen.seqs().length === 1);
    expect(screen.seqs()).toEqual([4]);
    screen.socket.disconnect();
  });

  test('without gap or double while events are appended all the time, again and again', async () => {
    const tenant = await addTenant(store.db);
    const stop = new AbortController();
    const appending = (async () => {
      while (!stop.signal.aborted)
        node.hub.committed(await append(store.db, tenant, 1 + Math.floor(Math.random() * 20)));
    })();
    await until(async () => (await head(tenant)) > 100);
    const stays = await resume(tenant, 'e1:0');
    const seen: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      const screen = await resume(tenant, `e1:${seen.at(-1) ?? 0}`, [round % 3 === 0 ? 'polling' : 'websocket']);
      const target = (await head(tenant)) + 10;
      await until(() => (screen.seqs().at(-1) ?? 0) >= target);
      screen.socket.disconnect();
      seen.push(...screen.seqs());
    }
    stop.abort();
    await appending;
    expect(seen).toEqual(range(1, seen.length));
    const last = await head(tenant);
    await until(() => stays.seqs().at(-1) === last);
    expect(stays.seqs()).toEqual(range(1, last));
    stays.socket.disconnect();
  });

  test('bytes on replay equal bytes live', async () => {
    const tenant = await addTenant(store.db);
    const live = await resume(tenant, undefined);
    const entries = await append(store.db, tenant, 5);
    node.hub.committed(entries);
    await until(() => live.texts.length === 5);
    const [webSocket, polling] = [await resume(tenant, 'e1:0'), await resume(tenant, 'e1:0', ['polling'])];
    await until(() => webSocket.texts.length === 5 && polling.texts.length === 5);
    expect(live.texts).toEqual(entries.map(({ payload }) => `["ticket.message",${payload}]`));
    expect(webSocket.texts).toEqual(live.texts);
    expect(polling.texts).toEqual(live.texts);
    for (const { socket } of [live, webSocket, polling]) socket.disconnect();
  });

  test('a resume longer than the byte budget is not cut', async () => {
    const tenant = await addTenant(store.db);
    for (let round = 0; round < 4; round += 1) await append(store.db, tenant, 100, 'x'.repeat(20_000));
    const screen = await resume(tenant, 'e1:0');
    await until(() => screen.seqs().length === 400, 20_000);
    expect(screen.seqs()).toEqual(range(1, 400));
    expect(screen.first('closing')).toBeUndefined();
    screen.socket.disconnect();
  });
});

describe('resync_required when', () => {
  test.each([
    ['the cursor is older than the floor', 'e1:4'],
    ['the cursor is ahead of the log', 'e1:11'],
    ['the cursor is of another epoch', 'e0:7'],
    ['the cursor is malformed', 'seven'],
    ['the cursor is no text', 7],
  ])('%s: ready, resync_required, then live from there', async (_case, since) => {
    const tenant = await addTenant(store.db);
    await append(store.db, tenant, 10);
    await store.db.pool.query('update streams set floor_seq = 5 where tenant_id = $1', [tenant]);
    await store.db.pool.query('delete from events where tenant_id = $1 and seq <= 5', [tenant]);
    const screen = await resume(tenant, since);
    await until(() => screen.frames.length >= 2);
    expect(screen.frames).toEqual([
      { event: 'ready', data: { epoch: 'e1', seq: 10, replayed: 0 } },
      { event: 'resync_required', data: { epoch: 'e1', seq: 10 } },
    ]);
    node.hub.committed(await append(store.db, tenant));
    await until(() => screen.seqs().length === 1);
    expect(screen.seqs()).toEqual([11]);
    screen.socket.disconnect();
  });

  test('the floor itself is a cursor that can be continued', async () => {
    const tenant = await addTenant(store.db);
    await append(store.db, tenant, 10);
    await store.db.pool.query('update streams set floor_seq = 5 where tenant_id = $1', [tenant]);
    await store.db.pool.query('delete from events where tenant_id = $1 and seq <= 5', [tenant]);
    const screen = await resume(tenant, 'e1:5');
    await until(() => screen.seqs().length === 5);
    expect(screen.seqs()).toEqual(range(6, 10));
    screen.socket.disconnect();
  });

  test('the log begins a new epoch under a live screen', async () => {
    const tenant = await addTenant(store.db);
    await append(store.db, tenant, 10);
    const screen = await resume(tenant, undefined);
    await store.db.pool.query('delete from events where tenant_id = $1 and seq > 7', [tenant]);
    await store.db.pool.query(`update streams set epoch = 'e2' where tenant_id = $1`, [tenant]);
    await until(() => screen.first('resync_required') !== undefined);
    expect(screen.first('resync_required')).toEqual({ epoch: 'e2', seq: 7 });
    node.hub.committed(await append(store.db, tenant));
    await until(() => screen.seqs().length === 1);
    expect(screen.first('ticket.message')).toMatchObject({ epoch: 'e2', seq: 8 });
    screen.socket.disconnect();
  });
});

async function head(tenantId: string): Promise<number> {
  const { rows } = await store.db.pool.query<{ head: number }>(
    'select coalesce(max(seq), 0)::int as head from events where tenant_id = $1',
    [tenantId],
  );
  return rows[0]?.head ?? 0;
}
