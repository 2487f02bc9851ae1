// Experiment 12: some screens stop reading: they are cut in time, what waits for them stays bounded, the others miss nothing.
import { readFileSync } from 'node:fs';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { expect, test, vi } from 'vitest';
import { makeHome } from '../support/process.js';
import { readRssMb } from '../perf/processes.js';
import { openCrowd } from './support/crowd.js';
import type { Crowd } from './support/crowd.js';
import { provision, startFaultService, tokenFor, WEBHOOK_KEY } from './support/fault-service.js';
import { noteFigures } from './support/figures.js';
import { dial } from './support/tier.js';

const SCREENS = dial({ fast: 60, full: 200 });
const STALLED = dial({ fast: 6, full: 20 });
/** Healthy ones beside the stalled in their tenant: each is told everything they are. */
const BESIDE = dial({ fast: 4, full: 10 });
const MEGABYTES = dial({ fast: 16, full: 200 });
const BUSY = 'busy';
const CALM = 'calm';

const MEGABYTE = 2 ** 20;
const TEXT = 'x'.repeat(60_000);
/** One commit of less than a reader's budget, so that a healthy one is never behind it. */
const EVENTS_A_STEP = 8;
const BUDGET_BYTES = MEGABYTE;
const CLOSED_WITHIN_MS = dial({ fast: 15_000, full: 5_000 });
const MOST_MB = 64;
/** In /proc/net/tcp. */
const ESTABLISHED = '01';

test('readers that stop are cut in time, what waits for them is bounded, and the others miss nothing', async (context) => {
  await using home = await makeHome();
  await using service = await startFaultService({ home });
  await provision(service.url, [BUSY, CALM]);
  const crowds = { urls: [service.url] };
  await using beside = await openCrowd({ ...crowds, tenants: [BUSY], size: BESIDE });
  await using elsewhere = await openCrowd({ ...crowds, tenants: [CALM], size: SCREENS - STALLED - BESIDE });
  const steps = Math.ceil((MEGABYTES * MEGABYTE) / (EVENTS_A_STEP * TEXT.length));
  let sent = 0;

  /** So much for the busy tenant, a little for the calm one; each step when the healthy ones have the last. */
  async function push(name: string, beforeStep: (bytesAfterIt: number) => void = () => {}): Promise<number> {
    let peakMb = 0;
    for (let step = 1; step <= steps; step += 1) {
      beforeStep(step * EVENTS_A_STEP * TEXT.length);
      const texts = Array.from({ length: EVENTS_A_STEP }, (_, n) => ({ id: `${name}-${step}-${n}`, text: TEXT }));
      await post(service.url, BUSY, texts);
      await post(service.url, CALM, [{ id: `${name}-${step}`, text: 'Oi!' }]);
      sent += 1;
      await Promise.all([untilShown(beside, BUSY, sent * EVENTS_A_STEP), untilShown(elsewhere, CALM, sent)]);
      peakMb = Math.max(peakMb, readRssMb(service.pid));
    }
    return peakMb;
  }

  const controlMb = await push('control');
  const stalled = await Promise.all(Array.from({ length: STALLED }, () => openStalled(service.url)));
  const peers = new Set(stalled.map(({ localPort }) => localPort));
  expect(openConnections(service.port, peers)).toBe(STALLED);
  let overBudgetAt = Infinity;
  let openAtBudget = 0;
  let closedMs = Infinity;
  const watch = watchConnections(service.port, peers, () => (closedMs = performance.now() - overBudgetAt));
  const peakMb = await push('stalled', (bytes) => {
    if (bytes <= BUDGET_BYTES || overBudgetAt < Infinity) return;
    openAtBudget = openConnections(service.port, peers);
    overBudgetAt = performance.now();
  });
  await vi
    .waitFor(() => expect(closedMs).toBeLessThan(Infinity), { timeout: 10_000, interval: 20 })
    .catch(() => undefined);
  watch.stop();
  const told = [await beside.tell(), await elsewhere.tell()];
  for (const socket of stalled) socket.stop();

  const sum = (name: 'gaps' | 'duplicates' | 'resyncs') => told.reduce((all, one) => all + one[name], 0);
  const cut = told.filter(({ slowestBackMs }) => slowestBackMs > 0).length;
  noteFigures(context, {
    experiment: 12,
    what: `${STALLED} of ${SCREENS} screens stop reading, ${MEGABYTES} MB for each (${BESIDE} healthy ones beside them, the rest in a calm tenant)`,
    figures: {
      'open until the budget': openAtBudget,
      'all closed after, ms': closedMs,
      'peak RSS without them, MB': controlMb,
      'more with them, MB': peakMb - controlMb,
      gaps: sum('gaps'),
      duplicates: sum('duplicates'),
    },
  });
  expect(openAtBudget).toBe(STALLED);
  expect(closedMs).toBeGreaterThanOrEqual(0);
  expect(closedMs).toBeLessThan(CLOSED_WITHIN_MS);
  expect(peakMb - controlMb).toBeLessThan(MOST_MB);
  expect({ gaps: sum('gaps'), duplicates: sum('duplicates'), resyncs: sum('resyncs'), cut }).toEqual({
    gaps: 0,
    duplicates: 0,
    resyncs: 0,
    cut: 0,
  });
});

function untilShown(crowd: Crowd, tenantId: string, seq: number): Promise<unknown> {
  return crowd.until(({ behind }) => (behind[tenantId] ?? 0) >= seq, 20_000);
}

/** One delivery of several messages of one person. */
async function post(url: string, instanceId: string, messages: { id: string; text: string }[]): Promise<void> {
  const timestamp = new Date().toISOString();
  const body = messages.map(({ id, text }) => ({
    id,
    type: 'MESSAGE_INBOUND',
    instanceId,
    timestamp,
    payload: { contact: { phone: '+5511960000000', name: 'Maria' }, message: { conversation: text } },
  }));
  const headers = { 'content-type': 'application/json', 'x-api-key': WEBHOOK_KEY };
  const answer = await fetch(`${url}/api/webhooks/whatsapp`, { method: 'POST', headers, body: JSON.stringify(body) });
  const answered: unknown = await answer.json();
  expect(answered).toMatchObject({ queued: messages.length });
}

/** A screen that opens and then reads nothing more. */
async function openStalled(url: string): Promise<{ localPort: number; stop(): void }> {
  const auth = { token: await tokenFor({ tenantId: BUSY }) };
  const socket: Socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false, auth });
  await new Promise<void>((resolve, reject) => {
    socket.once('ready', () => resolve());
    socket.once('connect_error', reject);
  });
  const { ws } = socket.io.engine.transport as unknown as { ws: StockWebSocket };
  ws.pause();
  return {
    localPort: ws._socket.localPort,
    stop() {
      ws.terminate();
      socket.disconnect();
    },
  };
}

/** What of the client's WebSocket its types leave out. */
interface StockWebSocket {
  pause(): void;
  terminate(): void;
  _socket: { localPort: number };
}

/** How many of the service's connections to those ports are established, as the kernel has it. */
function openConnections(port: number, peers: ReadonlySet<number>): number {
  return readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, local = '', remote = '', state]) =>
        state === ESTABLISHED && portIn(local) === port && peers.has(portIn(remote)),
    ).length;
}

function portIn(address: string): number {
  return Number.parseInt(address.split(':')[1] ?? '', 16);
}

/** Calls back once none of those connections is left. */
function watchConnections(port: number, peers: ReadonlySet<number>, onGone: () => void): { stop(): void } {
  const timer = setInterval(() => {
    if (openConnections(port, peers) > 0) return;
    clearInterval(timer);
    onGone();
  }, 50);
  return { stop: () => clearInterval(timer) };
}
