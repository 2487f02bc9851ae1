// Who owns a lock file, and whether that owner still lives.
import { readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { z } from 'zod';

/** What a lock file holds. `startedAt` tells a process from a later one with the same pid; null where the system does not say. */
export const OwnerSchema = z.object({
  pid: z.number().int().positive(),
  startedAt: z.string().nullable(),
  token: z.string(),
});
export type Owner = z.infer<typeof OwnerSchema>;

const DEAD_STATES = new Set(['Z', 'X']);
/** The longest path a unix socket can be bound to on every system. */
const MAX_SOCKET_PATH_BYTES = 100;

/** When the process started, as `boot:ticks`; null where there is no /proc or no such process. */
export async function processStart(pid: number): Promise<string | null> {
  return (await readProcess(pid))?.startedAt ?? null;
}

async function readProcess(pid: number): Promise<{ state: string; startedAt: string | null } | null> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'latin1'),
      readFile('/proc/sys/kernel/random/boot_id', 'latin1'),
    ]);
    // The command name is in parentheses and may hold anything; the state follows, and the start time is the 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = '', ticks] = [fields[0], fields[19]];
    return { state, startedAt: ticks ? `${boot.trim()}:${ticks}` : null };
  } catch {
    return null;
  }
}

/** Whether the owner lives: its process is there and is the same one, or its socket answers (a process of another pid namespace on the same volume). */
export async function isOwnerAlive(owner: Owner, socketPath: string): Promise<boolean> {
  return (await isSameProcess(owner)) || (await answers(socketPath));
}

/** Listens at `socketPath`, so that processes that cannot see our pid can tell that we live. Where sockets cannot be bound, the pid alone decides. */
export async function showLife(socketPath: string): Promise<{ stop(): void }> {
  if (Buffer.byteLength(socketPath) > MAX_SOCKET_PATH_BYTES) return { stop() {} };
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => {
    server.once('error', () => resolve());
    server.listen(socketPath, resolve);
  });
  server.on('error', () => {});
  server.unref();
  return { stop: () => server.close() };
}

async function isSameProcess(owner: Owner): Promise<boolean> {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it is there, but belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const found = await readProcess(owner.pid);
  // A zombie has ended; only its parent has not looked yet.
  if (found && DEAD_STATES.has(found.state)) return false;
  return owner.startedAt === null || !found?.startedAt || found.startedAt === owner.startedAt;
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    // A full backlog or a forbidden socket still has a listener behind it.
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EAGAIN' || error.code === 'EACCES'));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
