// The orderly end: what is in flight is finished, screens are told, the process exits 0 in time, and nothing acknowledged is lost.
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeHome, readyUrl, run, startProcess } from '../support/process.js';
import type { Home, RunningProcess } from '../support/process.js';
import { inboundText } from '../support/samples.js';
import { connectSocket } from '../support/socket.js';

const KEY = 'the-key-of-this-test';

let home: Home;
beforeAll(async () => {
  home = await makeHome();
});
afterAll(() => home[Symbol.asyncDispose]());

async function start(): Promise<{ service: RunningProcess; url: string }> {
  const service = startProcess({ ...home.env, WHATSAPP_WEBHOOK_API_KEY: KEY });
  return { service, url: await readyUrl(service) };
}

async function agentToken(): Promise<string> {
  const args = ['apps/api/bin/recado.js', 'token', '--tenant', 'demo', '--sub', 'a', '--role', 'admin'];
  const command = run(process.execPath, args, home.env);
  await command.ended();
  return command.stdout().trim();
}

/** Posts one message; false when the connection was refused or cut. */
async function post(url: string, id: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/api/webhooks/whatsapp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': KEY },
      body: JSON.stringify(inboundText(id, { phone: `+55119${String(80_000_000 + (Number(id.slice(1)) % 20))}` })),
    });
    await answer.arrayBuffer();
    return answer.status === 202;
  } catch {
    return false;
  }
}

async function inboundCount(url: string, token: string): Promise<number> {
  const answer = await fetch(`${url}/api/tickets?limit=200`, { headers: { authorization: `Bearer ${token}` } });
  const { data } = (await answer.json()) as { data: { metadata: { timeline: { inboundCount: number } } }[] };
  return data.reduce((sum, ticket) => sum + ticket.metadata.timeline.inboundCount, 0);
}

describe('SIGTERM', () => {
  test('under load exits 0 within 10 s, tells the sockets, and loses nothing that was acknowledged', async () => {
    const first = await start();
    const token = await agentToken();
    const socket = await connectSocket(first.url, { token });
    const told = new Promise<string>((resolve) => void socket.client.once('disconnect', resolve));

    let acknowledged = 0;
    let sent = 0;
    let isStopping = false;
    async function sender(): Promise<void> {
      while (!isStopping || first.service.child.exitCode === null) {
        const isAcknowledged = await post(first.url, `m${sent++}`);
        if (isAcknowledged) acknowledged += 1;
        else if (isStopping) return;
      }
    }
    const senders = Array.from({ length: 20 }, sender);
    await expect.poll(() => acknowledged, { timeout: 10_000 }).toBeGreaterThan(100);
    isStopping = true;
    const end = await first.service.stop('SIGTERM');
    await Promise.all(senders);

    expect(end).toMatchObject({ code: 0, signal: null });
    expect(end.ms).toBeLessThan(10_000);
    expect(await told).toMatch(/transport close|server disconnect/);
    const again = await start();
    const stored = await inboundCount(again.url, token);
    expect(stored).toBeGreaterThanOrEqual(acknowledged);
    expect(stored).toBeLessThanOrEqual(sent);
    expect((await again.service.stop()).code).toBe(0);
  }, 60_000);

  test('waits for a request that is in flight, and refuses new connections meanwhile', async () => {
    const { service, url } = await start();
    const request = await openHalfRequest(url, 'm1');
    const end = service.stop('SIGTERM');
    await expect.poll(() => isRefused(url), { timeout: 3000 }).toBe(true);
    expect(await request.finish()).toMatch(/^HTTP\/1\.1 202 /);
    expect((await end).code).toBe(0);
  });

  test('a second signal ends the process at once', async () => {
    const { service, url } = await start();
    const request = await openHalfRequest(url, 'm1');
    service.child.kill('SIGTERM');
    await expect.poll(() => isRefused(url), { timeout: 3000 }).toBe(true);
    const end = await service.stop('SIGTERM');
    expect(end.code).toBe(1);
    expect(end.ms).toBeLessThan(1000);
    request.destroy();
  });
});

/** Sends a webhook but for its last byte, and resolves once the service is reading it. */
async function openHalfRequest(url: string, id: string) {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify(inboundText(id));
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  const head = `POST /api/webhooks/whatsapp HTTP/1.1\r\nhost: ${hostname}\r\nx-api-key: ${KEY}\r\nexpect: 100-continue\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  socket.write(head);
  // "100 Continue" says that the request has reached the service.
  await expect.poll(() => answer, { timeout: 5000 }).toContain('100 Continue');
  answer = '';
  socket.write(body.slice(0, -1));
  return {
    async finish(): Promise<string> {
      const closed = new Promise((resolve) => void socket.once('close', resolve));
      socket.write(body.slice(-1));
      await closed;
      return answer;
    },
    destroy: () => void socket.destroy(),
  };
}

function isRefused(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once('error', () => resolve(true));
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
  });
}
