// A closed loop: so many connections, each sending its next webhook as soon as the last one was answered.
import { Connection } from '../../perf/connection.js';
import { webhookRequest } from '../../perf/webhook-request.js';

/** Prime to the number of conversations: neighbours in time are different people. */
const STRIDE = 7_919;

/** Webhooks by answer: 202, and everything else. */
export interface Stretch {
  acknowledged: number;
  refused: number;
  perSecond: number;
}

export interface ClosedLoop {
  /** Runs for so many seconds on connections of its own, until the last answer is there. */
  run(seconds: number): Promise<Stretch>;
}

/** Makes the loop. `name` sets the ids apart, `secret` signs, every conversation is one contact of `instanceId`. */
export function closedLoop(of: {
  port: number;
  name: string;
  instanceId: string;
  secret: string;
  connections: number;
  conversations: number;
}): ClosedLoop {
  const { port, name, instanceId, secret, conversations } = of;
  let sent = 0;
  function next(): Buffer {
    const n = sent++;
    return webhookRequest({ id: `${name}-${n}`, instanceId, contact: (n * STRIDE) % conversations, secret }).bytes;
  }
  return {
    async run(seconds) {
      // Opened anew: the service cuts connections that say nothing while the other service has its turn.
      const connections = await Promise.all(Array.from({ length: of.connections }, () => Connection.open(port)));
      const from = performance.now();
      const end = from + seconds * 1_000;
      let acknowledged = 0;
      let refused = 0;
      function again(connection: Connection, done: () => void): void {
        if (performance.now() >= end) return done();
        connection.send(next(), (status) => {
          if (status === 202) acknowledged += 1;
          else refused += 1;
          again(connection, done);
        });
      }
      await Promise.all(connections.map((each) => new Promise<void>((resolve) => again(each, resolve))));
      const perSecond = (acknowledged * 1_000) / (performance.now() - from);
      for (const connection of connections) connection.close();
      return { acknowledged, refused, perSecond };
    },
  };
}
