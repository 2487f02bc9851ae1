// Preloaded into a service's process (`node --import`): on SIGUSR2 it prints how long the event loop stood still since the last time.
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const TICK_MS = 2;
const SCHEDULED = `/proc/self/task/${process.pid}/schedstat`;

const delay = monitorEventLoopDelay({ resolution: TICK_MS });
delay.enable();
let last = { at: performance.now(), ran: ranMs() };
let asked = 0;
let worst = { wall: 0, own: 0 };

/** Time this very thread was on a processor; where the system does not tell, the whole process's. */
function ranMs() {
  try {
    return Number(readFileSync(SCHEDULED, 'utf8').split(' ', 1)[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}

// What the thread ran between two ticks tells a stall of its own from one of the machine, whose other processes were let in.
setInterval(() => {
  const now = { at: performance.now(), ran: ranMs() };
  const wall = now.at - last.at;
  const own = Math.min(wall, now.ran - last.ran);
  worst = { wall: Math.max(worst.wall, wall), own: Math.max(worst.own, own) };
  last = now;
}, TICK_MS).unref();

process.on('SIGUSR2', () => {
  asked += 1;
  const { rss, heapUsed } = process.memoryUsage();
  const stall = { loopDelayMs: delay.max / 1e6, wallMs: worst.wall, ownMs: worst.own, rss, heapUsed };
  process.stdout.write(`${JSON.stringify({ msg: 'stall', n: asked, ...stall })}\n`);
  worst = { wall: 0, own: 0 };
  delay.reset();
});
