// Real processes on one PostgreSQL, one of them killed under load: what was acknowledged is stored, and stored once.
import { expect, test } from 'vitest';
import { inconsistencies, verdicts } from '../support/ingest-oracle.js';
import { describeOnPostgres } from '../support/on-postgres.js';
import { createTestDatabase } from '../support/postgres.js';
import { readyUrl, startProcess } from '../support/process.js';
import { inboundText } from '../support/samples.js';
import { Pool } from 'pg';

const KEY = 'a key of this test, long enough to pass for one';
const COUNT = 600;

describeOnPostgres('two processes', () => {
  test('one is killed under load and its broker sends again: nothing acknowledged is lost, nothing is stored twice', async () => {
    await using database = await createTestDatabase();
    const env = { DATABASE_URL: database.url, WHATSAPP_WEBHOOK_API_KEY: KEY, LOG_LEVEL: 'info' };
    const processes = [startProcess(env), startProcess(env)];
    const pool = new Pool({ connectionString: database.url, max: 2 });
    try {
      const urls = await Promise.all(processes.map(readyUrl));
      const acknowledged = new Set<string>();
      let refusals = 0;
      async function post(url: string, n: number): Promise<boolean> {
        const body = JSON.stringify(inboundText(`m${n}`, { phone: `+551196000${1000 + (n % 60)}` }));
        const headers = { 'content-type': 'application/json', 'x-api-key': KEY };
        try {
          const answer = await fetch(`${url}/api/webhooks/whatsapp`, { method: 'POST', headers, body });
          await answer.arrayBuffer();
          if (answer.status === 202) acknowledged.add(`m${n}`);
          return answer.status === 202;
        } catch {
          return false;
        }
      }
      let next = 0;
      async function broker(lane: number): Promise<void> {
        for (let n = next++; n < COUNT; n = next++) {
          // Every third is sent to both; what is not acknowledged is sent again, to the one that lives.
          const isDouble = n % 3 === 0;
          const both = await Promise.all([
            post(urls[lane % 2] ?? '', n),
            isDouble && post(urls[(lane + 1) % 2] ?? '', n),
          ]);
          if (acknowledged.size >= COUNT / 3) processes[1]?.child.kill('SIGKILL');
          if (both.some(Boolean)) continue;
          refusals += 1;
          expect(await post(urls[0] ?? '', n)).toBe(true);
        }
      }
      await Promise.all(Array.from({ length: 24 }, (_, lane) => broker(lane)));

      expect(refusals).toBeGreaterThan(0);
      expect(acknowledged.size).toBe(COUNT);
      const { rows } = await pool.query<{ id: string }>('select external_id as id from messages');
      expect(rows).toHaveLength(COUNT);
      expect(new Set(rows.map(({ id }) => id))).toEqual(acknowledged);
      expect((await verdicts(pool))['accepted']).toBe(COUNT);
      expect(await inconsistencies(pool)).toEqual([]);
    } finally {
      await pool.end();
      await Promise.all(processes.map((one) => one.stop('SIGKILL')));
    }
  });
});
