// Child processes of the bench: servers on a free port, and what the operating system says of them.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { findSteadyPort } from './steady-port.js';

const READY_WITHIN_MS = 90_000;
const POLL_MS = 10;
/** /proc counts CPU in ticks of 10 ms. */
const TICK_MICROS = 10_000;

/** A server that answers /readyz. `startMs`: from the start of the process to that answer. */
export interface ServerProcess extends AsyncDisposable {
  port: number;
  pid: number;
  startMs: number;
  /** Ends it, SIGTERM unless told otherwise, and waits until it has ended. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a script with nothing of this environment but PATH and HOME, and PORT set. Throws with what it wrote when it never gets ready. */
export async function startServer(args: string[], env: Record<string, string>): Promise<ServerProcess> {
  const port = await findSteadyPort();
  const { PATH = '', HOME = '' } = process.env;
  const from = performance.now();
  const child = spawn(process.execPath, args, {
    env: { PATH, HOME, ...env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-4_000)));
  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    child.kill(signal);
    await ended;
  }
  while (!(await isReady(port))) {
    if (!isRunning(child)) throw new Error(`${args.join(' ')} ended before it was ready: ${errors}`);
    if (performance.now() - from > READY_WITHIN_MS) {
      await stop('SIGKILL');
      throw new Error(`${args.join(' ')} was not ready in time: ${errors}`);
    }
    await wait(POLL_MS);
  }
  const startMs = performance.now() - from;
  return { port, pid: child.pid ?? 0, startMs, stop, [Symbol.asyncDispose]: () => stop() };
}

/** Runs a script to its end. Throws with what it wrote unless it ends with 0. */
export async function runScript(args: string[], env: Record<string, string>): Promise<void> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, args, { env: { PATH, HOME, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} failed: ${errors}`);
}

/** CPU the processes have used, all threads, user and system, in µs by pid; those that are not on this machine are left out. */
export function readCpu(pids: readonly number[]): Map<number, number> {
  const used = new Map<number, number>();
  for (const pid of pids) {
    const stat = readProc(pid, 'stat');
    // After the command in parentheses: the 12th and 13th field are utime and stime.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields) used.set(pid, (Number(fields[11]) + Number(fields[12])) * TICK_MICROS);
  }
  return used;
}

/** Resident memory in MB; NaN where there is no /proc. */
export function readRssMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readProc(pid, 'status') ?? '')?.[1] ?? NaN) / 1024;
}

function readProc(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return null;
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/readyz', agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    }).on('error', () => resolve(false));
  });
}
