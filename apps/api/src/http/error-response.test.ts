// What the log hears of requests that failed: every fault of ours, an outage once a second.
import express from 'express';
import supertest from 'supertest';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RecadoError } from '../errors.js';
import { createLog } from '../log.js';
import { errorHandler } from './error-response.js';

let lines: Record<string, unknown>[] = [];
let now = 0;

beforeEach(() => {
  lines = [];
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => vi.restoreAllMocks());

function failing(error: Error) {
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const app = express();
  app.get('/', () => {
    throw error;
  });
  app.use(errorHandler(createLog({ level: 'warn', destination })));
  return supertest(app);
}

test('an outage is logged once a second, with how many requests it failed meanwhile', async () => {
  const door = failing(new RecadoError('UNAVAILABLE'));
  now = 10_000;
  for (let n = 0; n < 5; n++) await door.get('/').expect(503);
  now = 11_001;
  await door.get('/').expect(503);
  expect(lines.map(({ code, alike }) => ({ code, alike }))).toEqual([
    { code: 'UNAVAILABLE', alike: 0 },
    { code: 'UNAVAILABLE', alike: 4 },
  ]);
});

test('every fault of ours is logged', async () => {
  const door = failing(new Error('a bug'));
  for (let n = 0; n < 3; n++) await door.get('/').expect(500);
  expect(lines).toHaveLength(3);
});
