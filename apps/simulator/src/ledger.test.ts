import { writeSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { readDials } from './dials.js';
import type { Fact } from './facts.js';
import { readLedger } from './ledger-records.js';
import { openLedger } from './ledger.js';

vi.mock('node:fs', { spy: true });

const dir = await mkdtemp(join(tmpdir(), 'recado-ledger-'));
afterAll(() => rm(dir, { recursive: true }));

const RUN = { dials: readDials({ seed: 'ledger' }, new Date()), tenants: [] };
const FACTS: Fact[] = [
  { kind: 'message', id: 'A', direction: 'INBOUND', hash: 'h', chat: '+55', name: null, at: 1_000 },
];
const COUNTS = { queued: 1, duplicates: 0, ignored: 0, rejected: 0, parked: 0 };
let files = 0;

function open() {
  files += 1;
  return openLedger(join(dir, `${files}.jsonl`), RUN);
}

function sent(n: number) {
  return { n, tenantId: 't', sha256: 's', facts: FACTS };
}

function outcome(n: number, attempt: number, told: 'acked' | 'refused' | 'unknown') {
  return { n, attempt, outcome: told, status: null, counts: told === 'acked' ? COUNTS : null };
}

describe('a ledger', () => {
  test('has what was sent in the file before anything came back, as unknown', async () => {
    using ledger = open();
    ledger.sent(sent(7));
    const { run, entries } = await readLedger(ledger.path);
    expect(run).toMatchObject(RUN);
    expect(entries).toEqual([{ ...sent(7), outcome: 'unknown', status: null, counts: null, attempts: 0 }]);
  });
  test.each([
    [['unknown', 'acked'], 'acked'],
    [['acked'], 'acked'],
    [['refused'], 'refused'],
    // It may have been stored the first time.
    [['unknown', 'refused'], 'unknown'],
    [['unknown', 'unknown'], 'unknown'],
  ] as const)('after the outcomes %j a delivery is %s', async (outcomes, expected) => {
    using ledger = open();
    ledger.sent(sent(1));
    for (const [place, told] of outcomes.entries()) ledger.outcome(outcome(1, place + 1, told));
    const { entries } = await readLedger(ledger.path);
    expect(entries.map((entry) => entry.outcome)).toEqual([expected]);
    expect(ledger.entries()).toEqual(entries);
  });
  test('is read up to where a crash cut its last line', async () => {
    using ledger = open();
    ledger.sent(sent(1));
    await appendFile(ledger.path, '{"type":"sent","n":2,"ten');
    expect((await readLedger(ledger.path)).entries.map(({ n }) => n)).toEqual([1]);
  });
  test('holds no keys and tokens, also when whole places are passed', async () => {
    const place = { tenantId: 't', instanceId: 'i', cursor: 'e:1', isFresh: true };
    const secrets = { credential: { apiKey: 'secret-key' }, token: 'secret-token' };
    files += 1;
    using ledger = openLedger(join(dir, `${files}.jsonl`), { ...RUN, tenants: [{ ...place, ...secrets }] });
    expect(await readFile(ledger.path, 'utf8')).not.toContain('secret');
    expect(ledger.run.tenants).toEqual([place]);
  });
  test('has whole lines, also when the system takes a part of one at a time', async () => {
    using ledger = open();
    const { writeSync: write } = await vi.importActual<{ writeSync: typeof writeSync }>('node:fs');
    vi.mocked(writeSync).mockImplementationOnce((file, bytes) => write(file, bytes as unknown as Uint8Array, 0, 5));
    ledger.sent(sent(3));
    expect((await readLedger(ledger.path)).entries.map(({ n }) => n)).toEqual([3]);
  });
  test('is never written over', () => {
    using ledger = open();
    expect(() => openLedger(ledger.path, RUN)).toThrow(/EEXIST/);
  });
  test('that is none is refused with the line that is wrong', async () => {
    using ledger = open();
    await appendFile(ledger.path, '{"type":"song"}\n');
    await expect(readLedger(ledger.path)).rejects.toThrow(/line 2: not a line of a ledger/);
  });
});
