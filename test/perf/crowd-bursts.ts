// Bursts sent to all clients of the crowd, one after the other, each timed and then looked into.
import type { Connection } from './connection.js';
import type { BurstsPlan, CrowdResult } from './crowd.js';
import type { RawSocket } from './raw-socket.js';
import type { Sequence } from './sequence.js';
import { median } from './statistics.js';
import { burstRequest } from './webhook-request.js';

const SHOWN_WITHIN_MS = 10_000;
/** Of one burst: as many as the longest has events, all known after the warm-up. */
const CONTACTS = Array.from({ length: 10 }, (_, n) => n * 10);

/** A connected client and what it was sent. */
export interface Member {
  socket: RawSocket;
  sequence: Sequence;
}

/** Clients and their common clock: `frames` is what RawSocket calls. */
export class Crowd {
  readonly members: Member[] = [];
  #events = 0;
  #missing = 0;
  #firstAt = 0;
  #finished: (() => void) | null = null;

  frames(before: number, now: number): void {
    if (this.#firstAt === 0) this.#firstAt = performance.now();
    if (before >= this.#events || now < this.#events) return;
    this.#missing -= 1;
    if (this.#missing === 0) this.#finished?.();
  }

  /** Sets off one burst and waits until everybody has it, at most ten seconds; gives its time in ms. */
  async burst(events: number, setOff: () => Promise<void>): Promise<number> {
    this.#events = events;
    this.#missing = this.members.length;
    this.#firstAt = 0;
    let timer: NodeJS.Timeout | undefined;
    const finished = new Promise<void>((resolve) => {
      this.#finished = resolve;
      timer = setTimeout(resolve, SHOWN_WITHIN_MS);
    }).then(() => performance.now());
    await setOff();
    const lastAt = await finished;
    clearTimeout(timer);
    return lastAt - this.#firstAt;
  }
}

/** Carries the plan out. Throws when a burst is refused. */
export async function takeBursts(crowd: Crowd, connection: Connection, plan: BurstsPlan): Promise<CrowdResult> {
  const rates: number[] = [];
  let [wrong, bytes, micros] = [0, 0, 0];
  const deliveries = plan.times * plan.events * crowd.members.length;
  for (let n = 0; n < plan.times; n++) {
    const request = requestOf(plan, n);
    const cpu = process.cpuUsage();
    const ms = await crowd.burst(plan.events, () => send(connection, request));
    const { user, system } = process.cpuUsage(cpu);
    micros += user + system;
    rates.push((plan.events * crowd.members.length * 1000) / ms);
    for (const { socket, sequence } of crowd.members) {
      const texts = socket.texts();
      socket.forget();
      wrong += sequence.check(texts, plan.events);
      for (const text of texts) bytes += text.length;
    }
  }
  return {
    deliveries,
    perSecond: median(rates),
    wrong,
    frameBytes: bytes / deliveries,
    clientMicros: micros / deliveries,
  };
}

function requestOf({ by, events }: BurstsPlan, n: number): Buffer {
  if (by.kind === 'word')
    return Buffer.from(`POST /send?events=${events} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n`);
  const { tenant, secret, run } = by;
  return burstRequest({ run: `${run}.${n}`, events, instanceId: tenant, contacts: CONTACTS, secret });
}

function send(connection: Connection, request: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.send(request, (status) =>
      status === 202 ? resolve() : reject(new Error(`a burst was answered ${status}`)),
    );
  });
}
