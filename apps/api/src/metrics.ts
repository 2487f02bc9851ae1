// Every metric of the service, declared here and nowhere else; labels are closed sets (DESIGN 9).
import type { PayloadType, Reason, Verdict } from '@recado/contracts';
import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { createVerdictTally } from './metrics-verdicts.js';
import type { Transport } from './metrics-verdicts.js';

/** Kinds of rows that wait in `parked_events`. */
export const PARKED_KINDS = ['status', 'edit', 'reaction', 'revoke', 'poison', 'unrouted'] as const;
export type ParkedKind = (typeof PARKED_KINDS)[number];
/** Parked rows by kind; a kind left out counts 0. */
export type ParkedCounts = Partial<Record<ParkedKind, number>>;

/** Wire contracts a socket can speak. */
export const SOCKET_CONTRACTS = ['recado', 'logline', 'flow-crm', 'event-contracts', 'plataforma-e'] as const;

const PARKED_CACHE_MS = 5_000;
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export type Metrics = ReturnType<typeof createMetrics>;

/** Declares everything in a registry of its own. `version` is the build's. */
export function createMetrics({ version = '0.1.0' }: { version?: string } = {}) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const tally = createVerdictTally(registry);
  let waiting = nothingWaiting;
  let readParked = nothingParked;
  let lastCounts: Promise<ParkedCounts> = Promise.resolve({});
  let parkedReadAt = -Infinity;

  function countParked(): Promise<ParkedCounts> {
    const now = performance.now();
    if (now - parkedReadAt >= PARKED_CACHE_MS) {
      parkedReadAt = now;
      const known = lastCounts;
      // A database that is away must not take the other metrics with it: the last values stay.
      lastCounts = readParked().catch(() => known);
    }
    return lastCounts;
  }

  const buildInfo = new Gauge({
    name: 'recado_build_info',
    help: 'The build, always 1.',
    labelNames: ['version', 'node'],
    registers,
  });
  buildInfo.labels(version, process.version).set(1);
  const waitingEvents = new Gauge({
    name: 'recado_ingest_waiting_events',
    help: 'Events of deliveries that wait for a batch.',
    registers,
    collect() {
      this.set(waiting());
    },
  });
  const parked = new Gauge({
    name: 'recado_parked_events',
    help: 'Events parked, by kind.',
    labelNames: ['kind'],
    registers,
    async collect() {
      const counts = await countParked();
      for (const kind of PARKED_KINDS) this.labels(kind).set(counts[kind] ?? 0);
    },
  });
  for (const kind of PARKED_KINDS) parked.labels(kind).set(0);
  const deadLetters = new Gauge({
    name: 'recado_dead_letters',
    help: 'Parked events that wait for a person: poison and unrouted.',
    registers,
    async collect() {
      const counts = await countParked();
      this.set((counts.poison ?? 0) + (counts.unrouted ?? 0));
    },
  });
  const sockets = new Gauge({ name: 'recado_sockets', help: 'Open sockets.', labelNames: ['contract'], registers });
  for (const contract of SOCKET_CONTRACTS) sockets.labels(contract).set(0);

  return {
    registry,
    buildInfo,
    waitingEvents,
    parked,
    deadLetters,
    sockets,
    ingestSeconds: new Histogram({
      name: 'recado_webhook_ingest_seconds',
      help: 'From the receipt of a delivery to the commit that holds it.',
      buckets: SECONDS,
      registers,
    }),
    emitDelaySeconds: new Histogram({
      name: 'recado_emit_delay_seconds',
      help: 'From the commit of an event to its emission to the sockets of this process.',
      buckets: SECONDS,
      registers,
    }),
    batchEvents: new Histogram({
      name: 'recado_batch_events',
      help: 'Events in one ingest transaction.',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200],
      registers,
    }),
    /** Counts one item of a delivery. The hot path: no label is hashed here. */
    countVerdict(verdict: Verdict, reason: Reason, payloadType: PayloadType, transport: Transport = 'webhook'): void {
      tally.count(verdict, reason, payloadType, transport);
    },
    /** Tells where the gauges read from: events in the waiting line, and parked rows by kind (asked at most every 5 s). */
    observe(sources: { waiting?: () => number; parked?: () => Promise<Partial<Record<ParkedKind, number>>> }): void {
      waiting = sources.waiting ?? waiting;
      readParked = sources.parked ?? readParked;
    },
    /** The Prometheus text format. */
    render: () => registry.metrics(),
  };
}

// Before the rooms have said where they can be asked.
function nothingWaiting(): number {
  return 0;
}

function nothingParked(): Promise<ParkedCounts> {
  return Promise.resolve({});
}
