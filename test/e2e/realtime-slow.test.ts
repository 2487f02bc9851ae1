// A reader that stops reading is cut; what waits for it stays bounded, and the others miss nothing.
import { Agent, request } from 'node:http';
import { expect, test } from 'vitest';
import { addTenant, append, connect, join, openStore, startNode, token, until } from './realtime-rig.js';

test.each(['websocket', 'polling'])(
  'a slow reader over %s is cut, what waits for it stays bounded, and the healthy ones miss nothing',
  async (kind) => {
    const store = await openStore();
    const limits = { budgetBytes: 256 * 1024, budgetGraceMs: 200, closeGraceMs: 200 };
    const node = await startNode(store, { limits });
    const tenant = await addTenant(store.db);
    const auth = { token: await token(tenant) };
    const healthy = await join(node.url, { auth, transports: ['websocket'] });
    const stop = kind === 'websocket' ? await stalledWebSocket(node.port, auth) : await stalledPolling(node.port, auth);
    await until(() => node.sockets() === 2);

    const before = process.memoryUsage().arrayBuffers;
    let sent = 0;
    while (node.sockets() === 2 && sent < 4000) {
      node.hub.committed(await append(store.db, tenant, 50, 'x'.repeat(2_000)));
      sent += 50;
    }
    await until(() => node.sockets() === 1, 5_000);
    await until(() => healthy.seqs().length === sent);
    expect(healthy.seqs()).toEqual(Array.from({ length: sent }, (_, index) => index + 1));
    expect(healthy.first('closing')).toBeUndefined();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);

    stop();
    healthy.socket.disconnect();
    await node.close();
    await store.close();
  },
);

/** A client that joins over a WebSocket and then reads nothing more. */
async function stalledWebSocket(port: number, auth: object): Promise<() => void> {
  const screen = connect(`http://127.0.0.1:${port}`, { auth, transports: ['websocket'] });
  await new Promise((resolve) => screen.socket.once('ready', resolve));
  const { ws } = screen.socket.io.engine.transport as unknown as { ws: { pause(): void; terminate(): void } };
  ws.pause();
  return () => {
    ws.terminate();
    screen.socket.disconnect();
  };
}

/** A client that joins by polling and then never polls again. */
async function stalledPolling(port: number, auth: object): Promise<() => void> {
  const agent = new Agent({ keepAlive: false });
  const opened = await poll('');
  const sid = /"sid":"([^"]+)"/.exec(opened)?.[1] ?? '';
  await poll(`&sid=${sid}`, `40${JSON.stringify(auth)}`);
  await poll(`&sid=${sid}`);
  return () => agent.destroy();

  function poll(query: string, body?: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const path = `/socket.io/?EIO=4&transport=polling${query}`;
      request({ port, path, agent, method: body === undefined ? 'GET' : 'POST' }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve(text));
      })
        .on('error', reject)
        .end(body);
    });
  }
}
