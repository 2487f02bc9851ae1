// A PostgreSQL server of an experiment's own, with durability on, that may be stopped, frozen and started again.
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

const INSTALLED = '/usr/lib/postgresql';
const READY_WITHIN_MS = 30_000;

/** A server on a port of its own; the address stays when it is started again. */
export interface PrivatePostgres extends AsyncDisposable {
  url: string;
  port: number;
  /** Starts it and waits until it answers. */
  start(): Promise<void>;
  /** Ends it as a crash does (`pg_ctl stop -m immediate`): no checkpoint, recovery at the next start. */
  crash(): Promise<void>;
  /** SIGSTOP for every process of it. */
  freeze(): void;
  thaw(): void;
}

/** Where the programs of the newest PostgreSQL are; null when none is installed here. */
export const postgresPrograms: string | null = findPrograms();

/** Makes and starts a server. Its files are removed with it. */
export async function startPrivatePostgres(): Promise<PrivatePostgres> {
  const programs = postgresPrograms;
  if (programs === null) throw new Error(`No PostgreSQL is installed in ${INSTALLED}.`);
  const owner = whoRunsIt();
  const dir = await mkdtemp(join(tmpdir(), 'recado-postgres-'));
  if (owner) {
    chownSync(dir, owner.uid, owner.gid);
    chmodSync(dir, 0o755);
  }
  const data = join(dir, 'data');
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale=C'], {
    ...owner,
    stdio: 'ignore',
    cwd: dir,
  });
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | null = null;

  async function start(): Promise<void> {
    const args = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', dir, '-c', 'log_min_messages=fatal'];
    server = spawn(join(programs ?? '', 'postgres'), args, { ...owner, stdio: 'ignore', cwd: dir });
    await untilItAnswers(url, server);
  }
  async function end(signal: NodeJS.Signals): Promise<void> {
    if (!server) return;
    const ended = server.exitCode ?? server.signalCode ?? once(server, 'exit');
    server.kill(signal);
    await ended;
    server = null;
  }
  function signalAll(signal: NodeJS.Signals): void {
    if (!server?.pid) throw new Error('the server is not running');
    for (const pid of [server.pid, ...childrenOf(server.pid)]) process.kill(pid, signal);
  }

  await start();
  return {
    url,
    port,
    start,
    crash: () => end('SIGQUIT'),
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    async [Symbol.asyncDispose]() {
      if (server) signalAll('SIGCONT');
      await end('SIGQUIT');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function findPrograms(): string | null {
  if (!existsSync(INSTALLED)) return null;
  const versions = readdirSync(INSTALLED).toSorted((a, b) => Number(b) - Number(a));
  return (
    versions.map((version) => join(INSTALLED, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb'))) ?? null
  );
}

/** PostgreSQL refuses to run as root: its own user then; null when we are not root. */
function whoRunsIt(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const [, , uid, gid] = /^postgres:(.*?):(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
  if (uid === undefined || gid === undefined) throw new Error('There is no user postgres to run the server as.');
  return { uid: Number(uid), gid: Number(gid) };
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

async function untilItAnswers(url: string, server: ChildProcess): Promise<void> {
  const end = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
    try {
      await client.connect();
      await client.query('select 1');
      return;
    } catch (error) {
      if (performance.now() > end || server.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
