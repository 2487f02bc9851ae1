// The measured shortcut of the HTTP server still works with this Express and this Node, and has a fallback.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import express from 'express';
import type { Express } from 'express';
import { afterEach, expect, test, vi } from 'vitest';
import { createHttpServer, presetPrototypes } from './server.js';

afterEach(() => vi.restoreAllMocks());

/** Sends one request and returns the answer and how many objects changed their prototype to Express's. */
async function probe(server: http.Server, app: Express): Promise<{ text: string; changed: number }> {
  const spy = vi.spyOn(Object, 'setPrototypeOf');
  let changed = 0;
  spy.mockImplementation((target: object, prototype: object | null) => {
    if ((prototype === app.request || prototype === app.response) && Object.getPrototypeOf(target) !== prototype) {
      changed += 1;
    }
    Reflect.setPrototypeOf(target, prototype);
    return target;
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/hello/world?a=1`);
    return { text: await answer.text(), changed };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function sample(): Express {
  const app = express();
  const router = express.Router();
  router.get('/hello/:name', (req, res) => {
    res.status(200).json({ name: req.params.name, a: req.query.a, host: req.hostname, type: req.get('accept') });
  });
  app.use(router);
  return app;
}

test('requests and responses are born with Express’s prototypes, so that setting them changes nothing', async () => {
  const app = sample();
  const { text, changed } = await probe(createHttpServer(app), app);
  expect(JSON.parse(text)).toEqual({ name: 'world', a: '1', host: '127.0.0.1', type: '*/*' });
  expect(changed).toBe(0);
});

test('requests and responses keep their properties in fast objects, not in dictionaries', async () => {
  setFlagsFromString('--allow-natives-syntax');
  const isFast = runInThisContext('(object) => %HasFastProperties(object)') as (object: object) => boolean;
  const app = express();
  app.get('/hello/world', (req, res) => {
    res.status(200).json([isFast(req), isFast(res)]);
  });
  const { text } = await probe(createHttpServer(app), app);
  expect(JSON.parse(text)).toEqual([true, true]);
});

test('the stock server does change them: the probe can fail', async () => {
  const app = sample();
  const { changed } = await probe(http.createServer(app), app);
  expect(changed).toBe(2);
});

test('an Express whose prototypes are not node’s own falls back to the stock path', () => {
  expect(presetPrototypes({ request: {}, response: {} } as unknown as Express)).toEqual({});
  expect(Object.keys(presetPrototypes(sample()))).toEqual(['IncomingMessage', 'ServerResponse']);
});

test('time-outs and header size are explicit', () => {
  const server = createHttpServer(sample());
  expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 75_000 });
});
