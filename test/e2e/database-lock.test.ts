import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DirectoryLockedError, lockDirectory } from '../../apps/api/dist/db/embedded/lock.js';

let directory: string;
let path: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'recado-lock-'));
  path = join(directory, 'database.lock');
});

afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  await rm(directory, { recursive: true, force: true });
});

/** A process that tries to take the lock when told to, and says what came of it. */
async function taker(): Promise<{ child: ChildProcess; take(): Promise<string> }> {
  const child = fork(new URL('../support/lock-taker.mjs', import.meta.url), [path], { execArgv: [] });
  children.push(child);
  await once(child, 'message');
  return {
    child,
    async take() {
      const answer = once(child, 'message');
      child.send('take');
      return String((await answer)[0]);
    },
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

describe('the directory lock', () => {
  test('a second process is refused and told which process has which directory', async () => {
    const owner = await taker();
    expect(await owner.take()).toBe('taken');
    const refusal = await lockDirectory(path).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DirectoryLockedError);
    expect(String(refusal)).toContain(`process ${owner.child.pid}`);
    expect(String(refusal)).toContain(directory);
  });

  test('a live owner is never robbed, however old its lock', async () => {
    const owner = await taker();
    await owner.take();
    await utimes(path, 0, 0);
    await expect(lockDirectory(path)).rejects.toThrow(DirectoryLockedError);
  });

  test('an owner that cannot be seen by its pid still shows life by its socket', async () => {
    const owner = await taker();
    await owner.take();
    const written: unknown = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...(written as object), pid: 2_147_483_646 }));
    await expect(lockDirectory(path)).rejects.toThrow(DirectoryLockedError);
  });

  test("a killed owner's lock is taken over and nothing of it is left behind", async () => {
    const owner = await taker();
    await owner.take();
    await kill(owner.child);
    const lock = await lockDirectory(path);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
  });

  test('a recycled pid with another start time is not the owner', async () => {
    await writeFile(path, JSON.stringify({ pid: process.pid, startedAt: 'another-boot:1', token: 'gone' }));
    const lock = await lockDirectory(path);
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
  });

  test('a file that is not a lock is refused, not removed', async () => {
    await writeFile(path, 'precious');
    await expect(lockDirectory(path)).rejects.toThrow(/cannot be read/);
    expect(await readFile(path, 'utf8')).toBe('precious');
  });

  test('a lock that another took is not released by us', async () => {
    const lock = await lockDirectory(path);
    const stranger = JSON.stringify({ pid: 1, startedAt: null, token: 'stranger' });
    await writeFile(path, stranger);
    await lock.release();
    expect(await readFile(path, 'utf8')).toBe(stranger);
  });

  test('of ten processes that race for a dead owner’s lock, one gets it', async () => {
    const owner = await taker();
    await owner.take();
    await kill(owner.child);
    const takers = await Promise.all(Array.from({ length: 10 }, taker));
    const answers = await Promise.all(takers.map((one) => one.take()));
    expect(answers.filter((answer) => answer === 'taken')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'DirectoryLockedError')).toHaveLength(9);
  });

  test('of forty that race within one process, round after round, one gets it', async () => {
    for (let round = 0; round < 10; round += 1) {
      await writeFile(path, JSON.stringify({ pid: process.pid, startedAt: 'another-boot:1', token: `dead-${round}` }));
      const results = await Promise.allSettled(Array.from({ length: 40 }, () => lockDirectory(path)));
      const winners = results.filter((result) => result.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      await winners[0]?.value.release();
    }
  });
});
