// Bodies are bounded whatever they claim to be.
import http from 'node:http';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RecadoError } from '../errors.js';
import { parseJson } from './parse-json.js';
import { readRawBody } from './raw-body.js';

let server: http.Server;
let url: string;
const seen: Promise<unknown>[] = [];

beforeAll(async () => {
  server = http.createServer((req, res) => {
    const outcome = readRawBody(req, { maxBytes: 1000 }).then(
      (bytes) => bytes.toString(),
      (error: unknown) => (error instanceof RecadoError ? error.code : String(error)),
    );
    seen.push(outcome);
    void outcome.then((text) => res.end(text));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function post(body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body instanceof ReadableStream && { duplex: 'half' as const }),
  });
  return answer.text();
}

describe('readRawBody', () => {
  test('gives the bytes as they came, plain, gzip or deflate', async () => {
    const body = JSON.stringify({ oi: 'Olá' });
    expect(await post(body)).toBe(body);
    expect(await post(gzipSync(body), { 'content-encoding': 'gzip' })).toBe(body);
    expect(await post(deflateSync(body), { 'content-encoding': 'deflate' })).toBe(body);
    expect(await post(body, { 'content-type': 'application/vnd.x+json; charset=UTF-8' })).toBe(body);
  });

  test('refuses by Content-Length before reading, and by count when no length is told', async () => {
    expect(await post('x'.repeat(1001))).toBe('BODY_TOO_LARGE');
    const endless = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 20; i++) controller.enqueue(Buffer.alloc(100, 120));
        controller.close();
      },
    });
    expect(await post(endless)).toBe('BODY_TOO_LARGE');
    expect(await post('x'.repeat(1000))).toHaveLength(1000);
  });

  test('a gzip bomb is refused within the bound', async () => {
    const bomb = gzipSync(Buffer.alloc(500_000));
    expect(bomb.length).toBeLessThan(1000);
    expect(await post(bomb, { 'content-encoding': 'gzip' })).toBe('BODY_TOO_LARGE');
  });

  test('other encodings, types and charsets are 415, broken packing is 400', async () => {
    expect(await post('{}', { 'content-encoding': 'br' })).toBe('MEDIA_TYPE_UNSUPPORTED');
    expect(await post('{}', { 'content-encoding': 'gzip, gzip' })).toBe('MEDIA_TYPE_UNSUPPORTED');
    expect(await post('{}', { 'content-encoding': 'constructor' })).toBe('MEDIA_TYPE_UNSUPPORTED');
    expect(await post('a=1', { 'content-type': 'application/x-www-form-urlencoded' })).toBe('MEDIA_TYPE_UNSUPPORTED');
    expect(await post('{}', { 'content-type': 'application/json; charset=latin1' })).toBe('MEDIA_TYPE_UNSUPPORTED');
    expect(await post('not gzip', { 'content-encoding': 'gzip' })).toBe('BODY_INVALID');
  });

  test('a body that breaks off fails, it is never taken for whole', async () => {
    seen.length = 0;
    const { port } = server.address() as AddressInfo;
    const socket = net.connect(port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a":');
    await expect.poll(() => seen.length).toBe(1);
    socket.destroy();
    expect(await seen[0]).toBe('BODY_INVALID');
  });
});

describe('parseJson', () => {
  test('drops __proto__ and constructor.prototype', () => {
    const value = parseJson(Buffer.from('{"a":1,"__proto__":{"x":1},"b":{"constructor":{"prototype":{"y":1}}}}'));
    expect(value).toEqual({ a: 1, b: {} });
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test('takes a byte order mark, refuses nonsense and nothing', () => {
    expect(parseJson(Buffer.from('\uFEFF{"a":1}'))).toEqual({ a: 1 });
    for (const text of ['', '{', 'undefined', '{"a":1}}']) {
      expect(() => parseJson(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'BODY_INVALID' }));
    }
    expect(() => parseJson(Buffer.from('['.repeat(70)))).toThrow(expect.objectContaining({ code: 'BODY_TOO_DEEP' }));
  });
});
