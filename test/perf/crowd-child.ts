// The crowd: a process of its own with thousands of cheap clients, which carries out one step after the other.
import { Connection } from './connection.js';
import { Crowd, takeBursts } from './crowd-bursts.js';
import { CrowdPlanSchema } from './crowd.js';
import type { CrowdPlan, CrowdResult } from './crowd.js';
import { RawSocket } from './raw-socket.js';
import { Sequence } from './sequence.js';

/** So many connect at a time. */
const WAVE = 50;
const NOTHING: CrowdResult = { deliveries: 0, perSecond: 0, wrong: 0, frameBytes: 0, clientMicros: 0 };

let crowd = new Crowd();
let port = 0;

process.on('message', (message) => {
  void carryOut(CrowdPlanSchema.parse(message)).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));

async function carryOut(plan: CrowdPlan): Promise<CrowdResult> {
  switch (plan.step) {
    case 'open':
      await open(plan);
      return NOTHING;
    case 'bursts': {
      // Of its own each time: a server lets go of a connection that says nothing.
      const connection = await Connection.open(port, { mayBreak: true });
      const result = await takeBursts(crowd, connection, plan);
      connection.close();
      return result;
    }
    case 'close':
      await close();
      return NOTHING;
  }
}

async function open({ port: at, sockets, tokens }: Extract<CrowdPlan, { step: 'open' }>): Promise<void> {
  port = at;
  const { members } = crowd;
  const onFrames = crowd.frames.bind(crowd);
  while (members.length < sockets) {
    const wave = Array.from({ length: Math.min(WAVE, sockets - members.length) }, (_, n) => {
      const token = tokens?.[(members.length + n) % tokens.length] ?? null;
      return RawSocket.open({ port, token, onFrames });
    });
    for (const socket of await Promise.all(wave)) members.push({ socket, sequence: new Sequence() });
  }
}

async function close(): Promise<void> {
  for (const { socket } of crowd.members) socket.close();
  await Promise.all(crowd.members.map(({ socket }) => socket.ended));
  crowd = new Crowd();
}
