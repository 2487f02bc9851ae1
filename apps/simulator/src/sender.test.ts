import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readDials } from './dials.js';
import { readLedger } from './ledger-records.js';
import { openLedger } from './ledger.js';
import { createPoster } from './request.js';
import { sendDelivery } from './sender.js';
import type { Delivery } from './traffic/traffic.js';
import type { Place } from './world.js';

const dir = await mkdtemp(join(tmpdir(), 'recado-sender-'));
afterAll(() => rm(dir, { recursive: true }));

const COUNTS = { queued: 1, duplicates: 0, ignored: 0, rejected: 0, parked: 0 };
const DELIVERY: Delivery = {
  n: 4,
  due: 0,
  path: '/door',
  body: '{"ação":1}',
  tenantId: 't',
  instanceId: 'i',
  facts: [{ kind: 'message', id: 'A', direction: 'INBOUND', hash: 'h', chat: '+55', name: null, at: 1_000 }],
};
type Answerer = (response: ServerResponse, request: IncomingMessage, body: string) => void;

const accept: Answerer = (response) => response.writeHead(202).end(JSON.stringify({ accepted: true, ...COUNTS }));
const refuse =
  (status: number, headers = {}): Answerer =>
  (response) =>
    response.writeHead(status, headers).end('{}');
const hangUp: Answerer = (response) => response.socket?.destroy();
const cutShort: Answerer = (response) => {
  response.writeHead(202, { 'content-length': 100 }).write('{"accep');
  setImmediate(() => response.socket?.destroy());
};
let files = 0;

/** Sends one delivery to a service that answers in turn. */
async function send(
  answers: Answerer[],
  credential: Place['credential'] = { apiKey: 'key' },
  patienceMs = 5_000,
  delivery = DELIVERY,
) {
  const seen: { headers: IncomingMessage['headers']; body: string; at: number }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      seen.push({ headers: request.headers, body, at: performance.now() });
      answers[Math.min(seen.length, answers.length) - 1]?.(response, request, body);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const place = { tenantId: 't', instanceId: 'i', credential, token: '', cursor: 'e:0', isFresh: true };
  const dials = readDials({}, new Date());
  files += 1;
  using ledger = openLedger(join(dir, `${files}.jsonl`), { dials, tenants: [] });
  using poster = createPoster({ url, connections: 2, timeoutMs: 300 });
  const world = { url, dials, places: [place] };
  const sent = await sendDelivery(delivery, {
    world,
    ledger,
    poster,
    patienceMs,
    signal: new AbortController().signal,
  });
  const { entries } = await readLedger(ledger.path);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return { sent, seen, entry: entries[0] };
}

describe('a delivery', () => {
  test('from the future is not held to its time, because the service may not believe it', async () => {
    const facts = [DELIVERY.facts[0], { ...DELIVERY.facts[0], at: Date.now() + 60_000 }] as Delivery['facts'];
    const { entry } = await send([accept], { apiKey: 'key' }, 0, { ...DELIVERY, facts });
    expect(entry?.facts).toMatchObject([{ at: 1_000 }, { at: null }]);
  });
  test('that is acknowledged is acked with the service’s counts', async () => {
    const { sent, seen, entry } = await send([accept]);
    expect(sent).toMatchObject({ outcome: 'acked', status: 202, attempts: 1, counts: COUNTS });
    expect(seen).toMatchObject([{ body: DELIVERY.body, headers: { 'x-api-key': 'key' } }]);
    expect(entry).toMatchObject({ n: 4, outcome: 'acked', counts: COUNTS, attempts: 1 });
  });
  test.each([
    ['503', refuse(503)],
    ['500', refuse(500)],
    ['429', refuse(429)],
    ['a connection that is cut', hangUp],
    ['an answer that is cut', cutShort],
    ['silence', () => {}],
  ])('answered with %s is sent again, because nobody knows', async (_name, first) => {
    const { sent, seen } = await send([first, accept]);
    expect(sent).toMatchObject({ outcome: 'acked', attempts: 2 });
    expect(seen.map(({ body }) => body)).toEqual([DELIVERY.body, DELIVERY.body]);
  });
  test('waits as long as Retry-After says', async () => {
    const { seen } = await send([refuse(503, { 'retry-after': '1' }), accept]);
    expect((seen[1]?.at ?? 0) - (seen[0]?.at ?? 0)).toBeGreaterThan(950);
  });
  test.each([400, 401, 403, 413])('answered with %i is refused and not sent again', async (status) => {
    const { sent, entry } = await send([refuse(status), accept]);
    expect(sent).toMatchObject({ outcome: 'refused', status, attempts: 1 });
    expect(entry).toMatchObject({ outcome: 'refused' });
  });
  test('stays unknown when the patience ends', async () => {
    const { sent, entry } = await send([refuse(503)], { apiKey: 'key' }, 0);
    expect(sent).toMatchObject({ outcome: 'unknown', status: 503 });
    expect(entry).toMatchObject({ outcome: 'unknown', attempts: 1 });
  });
  test('is signed on its bytes where the instance demands it', async () => {
    const { seen } = await send([accept], { hmacSecret: 'secret' });
    const signature = createHmac('sha256', 'secret').update(Buffer.from(DELIVERY.body)).digest('hex');
    expect(seen[0]?.headers).toMatchObject({ 'x-webhook-signature': `sha256=${signature}` });
    expect(seen[0]?.headers).not.toHaveProperty('x-api-key');
  });
});
