// A port a service can come back to after every kill.
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ephemeral range, which load uses up: nobody's outgoing connection takes the port while the service is down, not even one to it. */
const PORTS = { from: 20_000, to: 32_000 };

/** A port that is free now. */
export async function findSteadyPort(): Promise<number> {
  for (;;) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from));
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}
