// Experiment 18: bodies made to hurt are refused, and an honest broker beside them does not notice.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isOnPostgres } from '../support/on-postgres.js';
import { makeHome } from '../support/process.js';
import type { Home } from '../support/process.js';
import { provision, startFaultService } from './support/fault-service.js';
import type { FaultService } from './support/fault-service.js';
import { noteFigures } from './support/figures.js';
import { postHostile, postSlowly } from './support/hostile-post.js';
import type { Refusal } from './support/hostile-post.js';
import { startProbe } from './support/probe.js';
import type { Probe } from './support/probe.js';
import { dial, tier } from './support/tier.js';

const MEGABYTE = 2 ** 20;
const TIMES = dial({ fast: 3, full: 20 });
const SLOW_ONES = dial({ fast: 50, full: 300 });
/** The fast tier runs beside others and sees few answers: it only looks for a service that stands still. */
const P99_MS = dial({ fast: 1_000, full: 100 });
const ROUNDS_APART_MS = 200;
/** The largest body the service can be told to take: what is refused is refused for what it is, not for its size alone. */
const MAX_BODY_BYTES = 32 * MEGABYTE;

function* repeated(piece: Uint8Array, times: number): Iterable<Uint8Array> {
  for (let n = 0; n < times; n += 1) yield piece;
}
const whole = (bytes: Buffer) => ({ body: [bytes], length: bytes.length });

interface Attack {
  what: string;
  /** `closed`: it was still sending when the connection was ended, and the reset may overtake the answer. */
  statuses: (number | 'closed')[];
  send: (port: number) => Promise<Refusal>;
}

const brackets = Buffer.alloc(10 * MEGABYTE, '[');
const millionKeys = Buffer.from(`{${Array.from({ length: 1_000_000 }, (_, n) => `"k${n}":0`).join(',')}}`);
const millionObjects = Buffer.from(`[${'{},'.repeat(999_999)}{}]`);
const bomb = gzipSync(Buffer.alloc(200 * MEGABYTE, ' '), { level: 9 });
const megabyteOfSpace = Buffer.alloc(MEGABYTE, ' ');

const ATTACKS: Attack[] = [
  {
    what: 'a body of 100 MB that says so',
    statuses: [413, 'closed'],
    send: (port) => postHostile({ port, body: repeated(megabyteOfSpace, 100), length: 100 * MEGABYTE }),
  },
  {
    what: 'a body of 100 MB that does not say so',
    statuses: [413, 'closed'],
    send: (port) => postHostile({ port, body: repeated(megabyteOfSpace, 100) }),
  },
  { what: '10 MB of [', statuses: [400], send: (port) => postHostile({ port, ...whole(brackets) }) },
  { what: 'a million keys', statuses: [400, 413, 422], send: (port) => postHostile({ port, ...whole(millionKeys) }) },
  {
    what: 'a million empty objects',
    statuses: [400, 413, 422],
    send: (port) => postHostile({ port, ...whole(millionObjects) }),
  },
  {
    what: `a gzip bomb of 200 MB in ${Math.round(bomb.length / 1024)} KB`,
    statuses: [413],
    send: (port) => postHostile({ port, ...whole(bomb), headers: { 'content-encoding': 'gzip' } }),
  },
];

/** The door is the same on both databases: the fast tier looks at one. */
describe.skipIf(tier === 'fast' && isOnPostgres)('hostile bodies', () => {
  let home: Home;
  let service: FaultService;
  let probe: Probe;
  beforeAll(async () => {
    home = await makeHome();
    service = await startFaultService({ home, env: { WEBHOOK_MAX_BODY_BYTES: String(MAX_BODY_BYTES) } });
    await provision(service.url, ['honest']);
    probe = startProbe(service.url, 'honest');
  });
  afterAll(async () => {
    await probe?.[Symbol.asyncDispose]();
    await service?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
  });

  test.for(ATTACKS)('$what is refused, and the honest broker does not notice', async (attack, context) => {
    probe.begin();
    const refusals: Refusal[] = [];
    for (let n = 0; n < TIMES; n += 1) {
      refusals.push(await attack.send(service.port));
      await new Promise((resolve) => setTimeout(resolve, ROUNDS_APART_MS));
    }
    const probed = await probe.tell();
    noteFigures(context, {
      experiment: 18,
      what: `an honest broker → ${attack.what} ×${TIMES}`,
      figures: {
        refused: [...new Set(refusals.map(({ status }) => status))].join(' '),
        'slowest refusal, ms': Math.max(...refusals.map(({ ms }) => ms)),
        'honest answers': probed.answers,
        failures: probed.failures,
        'p50, ms': probed.p50,
        'p99, ms': probed.p99,
      },
    });
    for (const { status } of refusals) expect(attack.statuses).toContain(status);
    expect(probed.failures).toBe(0);
    expect(probed.p99).toBeLessThanOrEqual(P99_MS);
  });

  test.for(['headers', 'bodies'] as const)(
    'slow %s are cut, and the honest broker does not notice',
    async (part, context) => {
      // Slow bodies are cut after a minute; once is enough.
      if (part === 'bodies' && (tier === 'fast' || isOnPostgres)) return context.skip();
      probe.begin();
      const cut = await Promise.all(Array.from({ length: SLOW_ONES }, () => postSlowly({ port: service.port, part })));
      const probed = await probe.tell();
      const slowest = Math.max(...cut.map(({ ms }) => ms));
      noteFigures(context, {
        experiment: 18,
        what: `an honest broker → ${SLOW_ONES} connections that send a byte of their ${part} a second`,
        figures: {
          'last one cut after, ms': slowest,
          failures: probed.failures,
          'p50, ms': probed.p50,
          'p99, ms': probed.p99,
        },
      });
      expect(slowest).toBeLessThan(part === 'headers' ? 16_000 : 66_000);
      expect(new Set(cut.map(({ status }) => status))).toEqual(new Set([408]));
      expect(probed.failures).toBe(0);
      expect(probed.p99).toBeLessThanOrEqual(P99_MS);
    },
  );
});
