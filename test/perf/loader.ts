// The loader: a process of its own that carries out load plans, one after the other, until its parent lets go.
import { Connection } from './connection.js';
import { LoadPlanSchema } from './load.js';
import type { LoadPlan, LoadResult } from './load.js';
import { createRequests } from './requests.js';
import { openScreens } from './screens.js';
import { createTally } from './tally.js';
import type { Tally } from './tally.js';
import type { PreparedRequest } from './webhook-request.js';

const TICK_MS = 1;

process.on('message', (message) => {
  void carryOut(LoadPlanSchema.parse(message)).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));

async function carryOut(plan: LoadPlan): Promise<LoadResult> {
  const { ports, mayBreak } = plan;
  const next = createRequests(plan);
  const screens = plan.screens.length > 0 ? await openScreens(plan) : null;
  const connections = await Promise.all(
    Array.from({ length: plan.connections }, (_, n) => Connection.open(ports[n % ports.length] ?? 0, { mayBreak })),
  );
  const tally = createTally(screens?.sent);
  const from = performance.now();
  await (plan.rate === null ? closedLoop : openLoop)({ plan, connections, next, tally });
  const seconds = (performance.now() - from) / 1000;
  for (const connection of connections) connection.close();
  return { ...tally.result(), seconds, screen: screens && (await screens.finish()) };
}

interface Stretch {
  plan: LoadPlan;
  connections: Connection[];
  next: () => PreparedRequest;
  tally: Tally;
}

/** Every connection sends its next request as soon as the last one was answered. */
async function closedLoop({ plan, connections, next, tally }: Stretch): Promise<void> {
  const hasMore = untilDone(plan);
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve) => {
          void connection.ended.then(resolve);
          function again(): void {
            if (!hasMore()) return resolve();
            const { id, bytes } = next();
            const settled = tally.begin(id);
            connection.send(bytes, (status) => {
              settled(status);
              again();
            });
          }
          again();
        }),
    ),
  );
}

/** Requests begin by the clock; what finds no free connection waits for one, and that wait counts. */
async function openLoop({ plan, connections, next, tally }: Stretch): Promise<void> {
  const free = [...connections];
  const line: { bytes: Buffer; settled: (status: number) => void }[] = [];
  const from = performance.now();
  const hasMore = untilDone(plan);
  const intervalMs = 1000 / (plan.rate ?? NaN);
  let begun = 0;

  function drain(): void {
    for (let connection = free.pop(); connection; connection = free.pop()) {
      const request = line.shift();
      if (!request) return void free.push(connection);
      const used = connection;
      used.send(request.bytes, (status) => {
        request.settled(status);
        free.push(used);
        drain();
      });
    }
  }
  while (hasMore()) {
    for (; begun * intervalMs < performance.now() - from; begun++) {
      const { id, bytes } = next();
      line.push({ bytes, settled: tally.beginDue(id, from + begun * intervalMs) });
    }
    drain();
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  while (free.length < connections.length) await new Promise((resolve) => setTimeout(resolve, TICK_MS));
}

/** Asked before each request (or tick): whether there is to be another. */
function untilDone({ until }: LoadPlan): () => boolean {
  if ('requests' in until) {
    let left = until.requests;
    return () => left-- > 0;
  }
  const end = performance.now() + until.seconds * 1000;
  return () => performance.now() < end;
}
