// `npm run simulate`, "The proof": one command shows that nothing is lost, and says so when something is.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootService, type Rig } from '../support/boot.js';
import { makeHome, run, type Home } from '../support/process.js';

const MAIN = 'apps/simulator/dist/main.js';
/** A new embedded database takes its time on a busy machine. */
const PATIENCE_MS = 120_000;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'recado-simulate-test-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function simulate(...args: string[]): Promise<{ code: number | null; text: string; errors: string }> {
  const simulator = run(process.execPath, [MAIN, ...args]);
  const { code } = await simulator.ended();
  return { code, text: simulator.stdout(), errors: simulator.stderr() };
}

describe('with a service of its own', () => {
  let home: Home;
  beforeAll(async () => {
    home = await makeHome();
  });
  afterAll(() => home[Symbol.asyncDispose]());

  test(
    'posts, listens, and ends with a clean verdict and exit code 0',
    async () => {
      const ledger = join(dir, 'own.jsonl');
      const { DATABASE_URL: url } = home.env;
      const where = url === undefined ? [] : ['--database-url', url];
      const { code, text, errors } = await simulate('--seconds', '3', '--rate', '100', '--ledger', ledger, ...where);
      expect([code, errors], text).toEqual([0, '']);
      expect(text).toMatch(/300 deliveries: 300 acked, 0 refused, 0 unknown/);
      expect(text).toMatch(/Verdict: clean\./);
      expect(text).toContain(`--replay ${ledger}`);
      const heard = Number(/^(\d+) socket events/m.exec(text)?.[1]);
      expect(heard).toBeGreaterThan(100);
    },
    PATIENCE_MS,
  );
});

describe('with a running service', () => {
  let rig: Rig;
  let where: string[];
  beforeAll(async () => {
    rig = await bootService();
    const secret = join(dir, 'secret');
    await writeFile(secret, Buffer.from(rig.ctx.secrets.jwtSecret ?? []), { mode: 0o600 });
    where = ['--url', rig.url, '--jwt-secret-file', secret];
  });
  afterAll(() => rig.close());

  test(
    'finds what was lost afterwards, in the very words of the ledger, and exits 1',
    async () => {
      const ledger = join(dir, 'damaged.jsonl');
      expect(await simulate('--events', '150', '--ledger', ledger, ...where)).toMatchObject({ code: 0 });
      expect(await simulate('--verify', ledger, ...where), 'before the damage').toMatchObject({ code: 0 });

      const { rows } = await rig.ctx.db.pool.query<{ external_id: string; tenant_id: string }>(
        `delete from messages where id = (select id from messages order by id limit 1) returning external_id, tenant_id`,
      );
      const { code, text } = await simulate('--verify', ledger, ...where);
      expect(code).toBe(1);
      expect(text).toMatch(/Verdict: NOT clean/);
      expect(text).toMatch(
        new RegExp(`lost: ${rows[0]?.tenant_id} \\w+ ${rows[0]?.external_id} was acknowledged and is not stored`),
      );
      expect(await readFile(ledger, 'utf8')).toContain(`"id":"${rows[0]?.external_id}"`);
    },
    PATIENCE_MS,
  );

  test(
    'finds a message that has moved into another conversation',
    async () => {
      const ledger = join(dir, 'moved.jsonl');
      expect(await simulate('--events', '150', '--seed', 'moved', '--ledger', ledger, ...where)).toMatchObject({
        code: 0,
      });
      const { rows } = await rig.ctx.db.pool.query<{ external_id: string }>(
        `with pick as (
           select m.id as message, others.id as ticket from messages m
           join tickets own on own.id = m.ticket_id join contacts mine on mine.id = own.contact_id
           join contacts theirs on theirs.tenant_id = mine.tenant_id and theirs.phone <> mine.phone
           join tickets others on others.contact_id = theirs.id where m.tenant_id = $1 limit 1)
         update messages set ticket_id = pick.ticket from pick where messages.id = pick.message returning external_id`,
        [/"tenantId":"([^"]+)"/.exec(await readFile(ledger, 'utf8'))?.[1]],
      );
      expect(rows).toHaveLength(1);
      const { code, text } = await simulate('--verify', ledger, ...where);
      expect(code).toBe(1);
      expect(text).toMatch(new RegExp(`corrupt: .* ${rows[0]?.external_id}: it is shown with \\+55\\d+, not `));
    },
    PATIENCE_MS,
  );

  test(
    'the same ledger replayed into the same service is nothing but duplicates',
    async () => {
      const [first, again] = [join(dir, 'first.jsonl'), join(dir, 'again.jsonl')];
      expect(await simulate('--events', '150', '--seed', 'replay', '--ledger', first, ...where)).toMatchObject({
        code: 0,
      });
      const count = async () => (await rig.ctx.db.pool.query('select id from messages')).rows.length;
      const before = await count();
      const { code, text } = await simulate('--replay', first, '--ledger', again, ...where);
      expect(code, text).toBe(0);
      expect(await count()).toBe(before);
      const bodies = async (path: string) =>
        [...(await readFile(path, 'utf8')).matchAll(/"sha256":"(\w+)"/g)].map(([, sha]) => sha);
      expect(new Set(await bodies(again))).toEqual(new Set(await bodies(first)));
    },
    PATIENCE_MS,
  );
});

test('used wrongly it says how it is used, and exits 2', async () => {
  const { code, errors } = await simulate('--rate', 'fast');
  expect([code, errors]).toEqual([2, '--rate: "fast" is no number.\nSee --help.\n']);
  expect(await simulate('--help')).toMatchObject({
    code: 0,
    text: expect.stringContaining('--late-statuses') as string,
  });
});
