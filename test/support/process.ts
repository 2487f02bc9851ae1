// Runs the built service as a process of its own, the way a person or a supervisor does.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isOnPostgres } from './on-postgres.js';
import { createTestDatabase } from './postgres.js';

const ROOT = resolve(import.meta.dirname, '../..');
const PATIENCE_MS = 60_000;

/** How a process ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Milliseconds from the call of `ended` or `stop`. */
  ms: number;
}

/** A running process and what it has said so far. */
export interface RunningProcess {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Resolves with the first match in what it writes to standard output; rejects when it ends or a minute passes before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  ended(): Promise<Ended>;
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

/** Spawns a command with nothing of this process's environment but PATH and HOME. */
export function run(command: string, args: string[], env: Record<string, string> = {}): RunningProcess {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(command, args, { cwd: ROOT, env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exit = new Promise<Omit<Ended, 'ms'>>((settle) =>
    child.once('close', (code, signal) => settle({ code, signal })),
  );

  async function ended(): Promise<Ended> {
    const from = performance.now();
    return { ...(await exit), ms: performance.now() - from };
  }
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    says(pattern) {
      return new Promise((settle, reject) => {
        function look(): void {
          const found = pattern.exec(stdout);
          if (found) finish(() => settle(found));
        }
        function finish(settled: () => void): void {
          clearTimeout(timer);
          child.stdout.off('data', look);
          settled();
        }
        const timer = setTimeout(
          () => finish(() => reject(new Error(`never said ${String(pattern)}: ${stdout}${stderr}`))),
          PATIENCE_MS,
        );
        child.stdout.on('data', look);
        void exit.then(() =>
          finish(() => reject(new Error(`ended before it said ${String(pattern)}: ${stdout}${stderr}`))),
        );
        look();
      });
    },
    ended,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended();
    },
  };
}

/** Starts the service on a free port. `args` go to a wrapper, such as `script`, when the terminal is what is tested. */
export function startProcess(env: Record<string, string>): RunningProcess {
  return run(process.execPath, ['apps/api/dist/main.js'], { PORT: '0', ...env });
}

/** The URL in the `ready` line of a process that logs JSON. */
export async function readyUrl(service: RunningProcess): Promise<string> {
  const [line] = await service.says(/^.*"msg":"ready".*$/m);
  return (JSON.parse(line) as { url: string }).url;
}

/** A home for the data of one or more processes: a directory, or a PostgreSQL database, after which the run is named. */
export interface Home extends AsyncDisposable {
  env: Record<string, string>;
  dir: string;
}

/** Makes a home for the database this run is for. */
export async function makeHome(): Promise<Home> {
  const dir = await mkdtemp(join(tmpdir(), 'recado-'));
  const database = isOnPostgres ? await createTestDatabase() : null;
  return {
    dir,
    env: { RECADO_DATA_DIR: join(dir, 'data'), ...(database && { DATABASE_URL: database.url }) },
    async [Symbol.asyncDispose]() {
      await database?.[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
