// The loader: a process of its own that carries out load plans, one after the other, until its parent lets go.
import { Connection } from './connection.js';
import { LoadPlanSchema } from './load.js';
import type { LoadPlan, LoadResult } from './load.js';
import { openScreens } from './screens.js';
import type { Screens } from './screens.js';
import { percentile } from './statistics.js';
import { webhookRequest } from './webhook-request.js';
import type { PreparedRequest } from './webhook-request.js';

const TICK_MS = 1;
/** Prime to the number of contacts: neighbours in time are different people of different tenants. */
const STRIDE = 7_919;

process.on('message', (message) => {
  void carryOut(LoadPlanSchema.parse(message)).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));

async function carryOut(plan: LoadPlan): Promise<LoadResult> {
  const next = createRequests(plan);
  const screens = plan.screens.length > 0 ? await openScreens(plan) : null;
  const connections = await Promise.all(Array.from({ length: plan.connections }, () => Connection.open(plan.port)));
  const tally = createTally(screens);
  const from = performance.now();
  await (plan.rate === null ? closedLoop : openLoop)({ plan, connections, next, tally });
  const seconds = (performance.now() - from) / 1000;
  for (const connection of connections) connection.close();
  const { delays, refused } = tally;
  return {
    acknowledged: tally.acknowledged,
    refused,
    seconds,
    answer: { p50: percentile(delays, 0.5), p99: percentile(delays, 0.99) },
    screen: screens && (await screens.finish()),
  };
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
    const due = ((performance.now() - from) / 1000) * (plan.rate ?? 0);
    for (; begun < due; begun++) {
      const { id, bytes } = next();
      line.push({ bytes, settled: tally.begin(id) });
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

type Tally = ReturnType<typeof createTally>;

function createTally(screens: Screens | null) {
  const tally = {
    acknowledged: 0,
    delays: [] as number[],
    refused: {} as Record<string, number>,
    /** Starts a request's clock; call the result with the status it was answered with. */
    begin(id: string): (status: number) => void {
      const at = performance.now();
      screens?.sent(id);
      return (status) => {
        tally.delays.push(performance.now() - at);
        if (status >= 200 && status < 300) tally.acknowledged += 1;
        else tally.refused[status] = (tally.refused[status] ?? 0) + 1;
      };
    },
  };
  return tally;
}

/** The plan's requests in order; those beyond `prepare` are made when they are needed. */
function createRequests({ run, tenants, contacts, secret, prepare }: LoadPlan): () => PreparedRequest {
  function make(n: number): PreparedRequest {
    const contact = (n * STRIDE) % contacts;
    const instanceId = tenants[contact % tenants.length] ?? '';
    return webhookRequest({ id: `wamid.${run}.${n}`, instanceId, contact, secret });
  }
  const prepared = Array.from({ length: prepare }, (_, n) => make(n));
  let n = 0;
  return () => {
    const request = prepared[n] ?? make(n);
    n += 1;
    return request;
  };
}
