// The targets of the bench, each with the gate below which it is a regression, and what a measurement is against them.

interface Target {
  number: number;
  what: string;
  target: number;
  gate: number;
  /** Whether more of it is better. */
  more: boolean;
  unit: string;
}

/** A ceiling that never fails the bench. */
const UNGATED = Infinity;

/** By a name that the parts of the bench know. */
export const TARGETS = {
  'ingest-50': atLeast(1, 'durable ingest, 50 connections, 10 tenants', [5, 4], '× naive peer'),
  'ingest-200': atLeast(1, 'durable ingest, 200 connections, 10 tenants', [6, 5], '× naive peer'),
  'ingest-one-tenant': atLeast(1, 'durable ingest, 50 connections, one tenant', [7, 6], '× naive peer'),
  'no-op-50': atLeast(2, 'durable ingest against Express doing nothing, 50 connections', [0.8, 0.6], '× no-op'),
  'no-op-200': atLeast(2, 'durable ingest against Express doing nothing, 200 connections', [1, 0.85], '× no-op'),
  'screen-500': atMost(3, 'webhook→socket p99 at 500/s', [10, 15], 'ms'),
  'screen-2000': atMost(3, 'webhook→socket p99 at 2,000/s', [25, 37.5], 'ms'),
  'screen-4': atMost(3, 'webhook→socket p50 at 4 connections', [1, 1.5], '× naive peer'),
  'screen-second-node': atMost(3, 'webhook→socket p99 on a second node at 1,000/s', [30, 45], 'ms'),
  'slow-flush-50': atLeast(
    4,
    'durable ingest with every flush slowed by 1.5 ms, 50 connections',
    [4, 3.2],
    '× naive peer',
  ),
  'slow-flush-8': atLeast(
    4,
    'durable ingest with every flush slowed by 1.5 ms, 8 connections',
    [1.2, 1],
    '× naive peer',
  ),
  'single-200': atLeast(5, 'fan-out of single events to 200 sockets', [0.95, 0.8], '× bare ws'),
  'single-1000': atLeast(5, 'fan-out of single events to 1,000 sockets', [0.95, 0.8], '× bare ws'),
  'burst-200': atLeast(5, 'fan-out of ten events of one commit to 200 sockets', [5, 4], '× bare ws'),
  'burst-1000': atLeast(5, 'fan-out of ten events of one commit to 1,000 sockets', [5, 4], '× bare ws'),
  'fan-out-wrong': atMost(5, 'deliveries lost, doubled or out of order', [0, 0], 'deliveries'),
  'idle-socket': atMost(6, 'resident memory of an idle Socket.IO client, 3,000 connected', [22, 26], 'kB'),
  'five-million': atLeast(7, 'durable ingest with 5 million messages stored, 50 connections', [0.9, 0.8], '× empty'),
  'embedded-rate': atLeast(10, 'embedded database, 50 connections', [2_500, 1_500], 'events/s'),
  'embedded-stall': atMost(10, 'embedded database, longest stall of the main thread', [30, 50], 'ms'),
  'embedded-memory': atMost(10, 'embedded database, resident memory under load', [550, UNGATED], 'MB'),
  'embedded-lost': atMost(10, 'embedded database, acknowledged and lost in kills under load', [0, 0], 'messages'),
  'embedded-reopen': atMost(10, 'embedded database, start after a kill until ready', [1, UNGATED], 's'),
  'cpu-database': atMost(11, 'PostgreSQL CPU per event, 200 connections', [55, 70], 'µs'),
  'cpu-app': atMost(11, 'service CPU per event, 200 connections', [80, 100], 'µs'),
  deadlocks: atMost(11, 'deadlocks with two processes on the same contacts', [0, 0], 'deadlocks'),
  'idle-tail': atMost(11, 'statements a second that an idle, connected screen costs the database', [0, UNGATED], '/s'),
} satisfies Record<string, Target>;
export type TargetName = keyof typeof TARGETS;

/** A line of the report. Without a target it is there to be known. */
export interface Row {
  target: TargetName | null;
  what: string;
  value: number;
  unit: string;
  /** What the value was made of. */
  figures: string;
}

/** A row that is held against a target. */
export function against(target: TargetName, value: number, figures: string): Row {
  const { what, unit } = TARGETS[target];
  return { target, what, value, unit, figures };
}

/** Whether the row fails `--gate`: it is beyond its gate, or it has one and could not be measured. */
export function failsGate(row: Row): boolean {
  const verdict = verdictOf(row);
  if (verdict !== 'not measured') return verdict === 'below gate';
  return row.target !== null && TARGETS[row.target].gate !== UNGATED;
}

/** Where the row stands; NaN, which is what a machine without /proc gives, is not measured. */
export function verdictOf({ target, value }: Row): 'pass' | 'below target' | 'below gate' | 'not measured' | '' {
  if (Number.isNaN(value)) return 'not measured';
  if (target === null) return '';
  const { more, target: goal, gate } = TARGETS[target];
  const reaches = (bound: number) => (more ? value >= bound : value <= bound);
  if (reaches(goal)) return 'pass';
  return reaches(gate) ? 'below target' : 'below gate';
}

function atLeast(number: number, what: string, [target, gate]: [number, number], unit: string): Target {
  return { number, what, target, gate, more: true, unit };
}

function atMost(number: number, what: string, [target, gate]: [number, number], unit: string): Target {
  return { number, what, target, gate, more: false, unit };
}
