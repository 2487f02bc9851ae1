// The first five minutes: one command, a webhook pasted from the terminal, a token, and a ticket on a screen.
import { execFileSync, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeOnPostgres, isOnPostgres } from '../support/on-postgres.js';
import { makeHome, readyUrl, run, startProcess } from '../support/process.js';
import type { Home, RunningProcess } from '../support/process.js';
import { CONTRACT_SAMPLE } from '../support/samples.js';
import { connectSocket } from '../support/socket.js';

const KEY = 'the-key-of-this-test';
let home: Home;
let service: RunningProcess;
let url: string;

beforeAll(async () => {
  home = await makeHome();
  home.env['WHATSAPP_WEBHOOK_API_KEY'] = KEY;
  service = startProcess(home.env);
  url = await readyUrl(service);
});

afterAll(async () => {
  await service.stop();
  await home[Symbol.asyncDispose]();
});

async function printToken(...args: string[]): Promise<string> {
  const command = run(
    process.execPath,
    ['apps/api/bin/recado.js', 'token', '--tenant', 'demo', '--sub', 'agent-1', ...args],
    home.env,
  );
  expect(await command.ended(), command.stderr()).toMatchObject({ code: 0 });
  return command.stdout();
}

/** Runs the service on a pseudo-terminal until it has announced itself, and returns what the terminal showed. */
async function showTerminal(env: Record<string, string>): Promise<{ lines: string[]; terminal: RunningProcess }> {
  const command = `exec ${process.execPath} apps/api/dist/main.js`;
  const terminal = run('script', ['-qefc', command, '/dev/null'], { PORT: '0', TERM: 'xterm', ...env });
  await terminal.says(/^eyJ\S+\r?\n/m);
  const lines = terminal
    .stdout()
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.includes('\u001b'));
  return { lines, terminal };
}

describe('without a terminal', () => {
  test('every line of the output is JSON, and one says ready with the url', () => {
    const lines = service
      .stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter((line) => line['msg'] === 'ready')).toMatchObject([{ url }]);
  });

  test('no token and no key is in the output', () => {
    expect(service.stdout()).not.toMatch(/eyJ|rk_/);
  });
});

describe('the first webhook', () => {
  test("the contract's own sample becomes a ticket and a message on a Socket.IO screen; posted again, nothing doubles", async () => {
    const token = (await printToken('--role', 'agent')).trim();
    const socket = await connectSocket(url, { token });
    const post = () =>
      fetch(`${url}/api/webhooks/whatsapp`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': KEY },
        body: JSON.stringify(CONTRACT_SAMPLE),
      });

    const first = await post();
    expect([first.status, await first.json()]).toEqual([
      202,
      expect.objectContaining({ accepted: true, queued: 1, duplicates: 0 }),
    ]);
    expect(await socket.waitFor('ticket.message')).toMatchObject({
      tenantId: 'demo',
      message: {
        instanceId: 'instance-42',
        externalId: 'wamid-123',
        direction: 'INBOUND',
        type: 'IMAGE',
        content: 'Oi!',
      },
      ticket: { status: 'OPEN', contact: { name: 'Maria', phone: '+5511999999999' } },
    });
    const again = await post();
    expect([again.status, await again.json()]).toEqual([202, expect.objectContaining({ queued: 0, duplicates: 1 })]);
    const tickets = await fetch(`${url}/api/tickets`, { headers: { authorization: `Bearer ${token}` } });
    expect(await tickets.json()).toMatchObject({ data: [{ contact: { name: 'Maria' } }] });
    expect(socket.frames.filter((frame) => frame.event === 'ticket.message')).toHaveLength(1);
    socket.client.disconnect();
  });

  test('the webhook is refused without its key', async () => {
    const answer = await fetch(`${url}/api/webhooks/whatsapp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(CONTRACT_SAMPLE),
    });
    expect(answer.status).toBe(401);
    await answer.arrayBuffer();
  });
});

describe('recado token', () => {
  test('prints a token alone on its line that the running service accepts', async () => {
    const output = await printToken('--role', 'agent', '--name', 'Ana');
    expect(output).toMatch(/^eyJ\S+\n$/);
    const answer = await fetch(`${url}/api/tickets`, { headers: { authorization: `Bearer ${output.trim()}` } });
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
  });
});

describe('a second start', () => {
  test.skipIf(isOnPostgres)(
    'on the same data directory is refused with the pid of the first, and exits 1',
    async () => {
      const second = startProcess(home.env);
      expect((await second.ended()).code).toBe(1);
      expect(second.stderr()).toContain(`process ${service.child.pid}`);
      expect(second.stderr().trim().split('\n')).toHaveLength(1);
    },
  );

  test('on a busy port says which to take instead, and exits 1', async () => {
    await using other = await makeHome();
    const taken = createServer();
    await new Promise<void>((resolve) => void taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const second = startProcess({ ...other.env, PORT: String(port) });
    const { code } = await second.ended();
    await new Promise((resolve) => taken.close(resolve));
    expect(code).toBe(1);
    expect(second.stderr()).toContain(`PORT=${port + 1}`);
  });
});

describe('on a terminal', () => {
  test('prints at most twelve plain lines, the token alone on one, and a curl that works as pasted', async () => {
    await service.stop();
    const { WHATSAPP_WEBHOOK_API_KEY: _, ...generated } = home.env;
    const { lines, terminal } = await showTerminal(generated);
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines.filter((line) => line.startsWith('{'))).toEqual([]);
    expect(lines.some((line) => /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(line))).toBe(true);
    const command = lines.find((line) => line.includes('curl '))?.replace(/^ *Try */, '') ?? '';
    expect(await postedBy(command)).toMatchObject({ accepted: true, queued: 1 });
    await terminal.stop('SIGINT');

    service = startProcess(home.env);
    url = await readyUrl(service);
    const token = (await printToken('--role', 'agent')).trim();
    const answer = await fetch(`${url}/api/tickets`, { headers: { authorization: `Bearer ${token}` } });
    expect((await answer.json()) as object, 'the data of the runs before is there').toMatchObject({
      data: { length: 2 },
    });
  });
});

describe('the seed', () => {
  test('RECADO_DEMO=0 leaves an empty database empty', async () => {
    await using empty = await makeHome();
    const bare = startProcess({ ...empty.env, RECADO_DEMO: '0' });
    const bareUrl = await readyUrl(bare);
    const command = run(
      process.execPath,
      ['apps/api/bin/recado.js', 'token', '--tenant', 'demo', '--sub', 'a', '--role', 'agent'],
      empty.env,
    );
    await command.ended();
    const answer = await fetch(`${bareUrl}/api/tickets`, {
      headers: { authorization: `Bearer ${command.stdout().trim()}` },
    });
    expect([answer.status, await answer.json()]).toEqual([
      403,
      { error: expect.objectContaining({ code: 'TENANT_UNKNOWN' }) as object },
    ]);
    await bare.stop();
  });
});

describeOnPostgres('several processes at once on an empty database', () => {
  test('all start, one seeds, and all share the generated secrets', async () => {
    await using shared = await makeHome();
    const replicas = Array.from({ length: 4 }, () => startProcess(shared.env));
    const urls = await Promise.all(replicas.map(readyUrl));
    const command = run(
      process.execPath,
      ['apps/api/bin/recado.js', 'token', '--tenant', 'demo', '--sub', 'a', '--role', 'admin'],
      shared.env,
    );
    await command.ended();
    for (const replica of urls) {
      const answer = await fetch(`${replica}/api/queues`, {
        headers: { authorization: `Bearer ${command.stdout().trim()}` },
      });
      expect([answer.status, await answer.json()]).toMatchObject([200, { data: { length: 1 } }]);
    }
    await Promise.all(replicas.map((replica) => replica.stop()));
  });
});

/** Runs the pasted command with curl where there is one, else posts what the shell would have given to curl. */
async function postedBy(command: string): Promise<unknown> {
  if (spawnSync('curl', ['--version']).status === 0) {
    return JSON.parse(execFileSync('bash', ['-c', command], { encoding: 'utf8' }));
  }
  const args = execFileSync('bash', ['-c', `curl() { printf '%s\\0' "$@"; }; ${command}`], { encoding: 'utf8' }).split(
    '\0',
  );
  const headers = args
    .filter((_, index) => args[index - 1] === '-H')
    .map((header) => header.split(': ') as [string, string]);
  const answer = await fetch(args[1] ?? '', { method: 'POST', headers, body: args[args.indexOf('-d') + 1] ?? null });
  return answer.json();
}
