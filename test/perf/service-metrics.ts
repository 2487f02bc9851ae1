// What the service says of itself under /metrics.

/** The event loop monitor's own interval, which is part of every value it gives. */
const LAG_RESOLUTION_MS = 10;

/** Metrics without labels, by name. Reading them starts the event loop's maximum anew. */
export async function readMetrics(port: number): Promise<Map<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return new Map([...text.matchAll(/^(\w+) (\S+)$/gm)].map(([, name = '', value]) => [name, Number(value)]));
}

/** The longest time the main thread did not come back to its loop, in ms, since the metrics were last read. */
export function longestStallMs(metrics: Map<string, number>): number {
  return Math.max(0, (metrics.get('nodejs_eventloop_lag_max_seconds') ?? NaN) * 1000 - LAG_RESOLUTION_MS);
}

/** Events per transaction between two readings. */
export function meanBatch(before: Map<string, number>, after: Map<string, number>): number {
  const grown = (name: string) => (after.get(name) ?? NaN) - (before.get(name) ?? NaN);
  return grown('recado_batch_events_sum') / grown('recado_batch_events_count');
}
