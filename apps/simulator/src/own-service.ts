// A service of the simulator's own: the built one as a child process, on a free port, with its data in a place of its own.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { tokensOf } from './tokens.js';
import type { MakeToken } from './world.js';

/** A running service; closing it ends the process and removes its data. */
export interface OwnService extends AsyncDisposable {
  url: string;
  token: MakeToken;
  pid: number;
  /** What it said on standard error, for when it fails. */
  errors(): string;
}

const MAIN = resolve(import.meta.dirname, '../../api/dist/main.js');
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 12_000;

/** Boots the service on the embedded database in a temporary directory, or on the PostgreSQL database given. */
export async function startOwnService({ databaseUrl }: { databaseUrl: string | null }): Promise<OwnService> {
  const dir = await mkdtemp(join(tmpdir(), 'recado-simulate-'));
  const secret = randomBytes(32).toString('base64url');
  const env = {
    PORT: '0',
    LOG_LEVEL: 'info',
    RECADO_DATA_DIR: join(dir, 'data'),
    RECADO_DEMO: '0',
    JWT_SECRET: secret,
    ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }),
  };
  // Detached: an interrupt typed on the terminal is for the simulator, which still needs the service for its verdict.
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  function killAtExit(): void {
    child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  }
  process.once('exit', killAtExit);
  const ended = new Promise<void>((settle) => child.once('close', () => settle()));
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-4_000)));
  async function close(): Promise<void> {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(timer);
    process.off('exit', killAtExit);
    await rm(dir, { recursive: true, force: true });
  }
  try {
    const url = await readyUrl(child.stdout, ended);
    const token = tokensOf(Buffer.from(secret));
    return { url, token, pid: child.pid ?? 0, errors: () => errors, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw new Error(`the service did not start: ${errors.trim() || String(error)}`, { cause: error });
  }
}

/** The URL in its `ready` line; the lines after it are read and dropped, so that the pipe never fills. */
function readyUrl(stdout: NodeJS.ReadableStream, ended: Promise<void>): Promise<string> {
  return new Promise((settle, reject) => {
    let text = '';
    let isReady = false;
    const timer = setTimeout(() => reject(new Error('it was not ready within a minute')), READY_WITHIN_MS);
    stdout.setEncoding('utf8').on('data', (chunk: string | Buffer) => {
      if (isReady) return;
      text += String(chunk);
      const line = /^.*"msg":"ready".*\n/m.exec(text)?.[0];
      if (line === undefined) return;
      isReady = true;
      clearTimeout(timer);
      settle((JSON.parse(line) as { url: string }).url);
    });
    void ended.then(() => {
      clearTimeout(timer);
      reject(new Error('it ended before it was ready'));
    });
  });
}
