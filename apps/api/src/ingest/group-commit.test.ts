// The waiting line: bounded, in order, two batches on their way, nobody fails for a neighbour (DESIGN 4.4, 4.9).
import { describe, expect, test } from 'vitest';
import { GroupCommit, MAX_BATCH, type Portion } from './group-commit.js';
import type { Work } from './work.js';

/** A line whose commits wait until they are let go. */
function rig() {
  const batches: {
    portions: Portion[];
    finish: (failures?: Map<Portion, unknown>) => void;
    fail: (error: unknown) => void;
  }[] = [];
  const line = new GroupCommit(
    (portions) =>
      new Promise((resolve, reject) => {
        batches.push({ portions, finish: (failures = new Map()) => resolve(failures), fail: reject });
      }),
  );
  return { line, batches };
}
function works(count: number): Work[] {
  return Array.from({ length: count }, () => ({}) as Work);
}
/** Lets callbacks and immediates of the turn run. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}
function sizes({ batches }: ReturnType<typeof rig>): number[] {
  return batches.map(({ portions }) => portions.reduce((sum, portion) => sum + portion.works.length, 0));
}

describe('GroupCommit', () => {
  test('what arrives in one turn shares a batch, what arrives meanwhile the next ones', async () => {
    const it = rig();
    const first = [it.line.add(works(1), 'a', 1), it.line.add(works(2), 'b', 1)];
    await turn();
    expect(sizes(it)).toEqual([3]);
    const second = it.line.add(works(1), 'a', 1);
    await turn();
    const third = [it.line.add(works(4), 'a', 1), it.line.add(works(5), 'a', 1)];
    await turn();
    expect(sizes(it)).toEqual([3, 1]);
    it.batches[1]?.finish();
    await second;
    await turn();
    expect(sizes(it)).toEqual([3, 1, 9]);
    it.batches[0]?.finish();
    it.batches[2]?.finish();
    await Promise.all([...first, ...third]);
    expect(it.line.waiting).toBe(0);
  });

  test('a batch holds at most 100 events', async () => {
    const it = rig();
    const added = [60, 60, 40].map((count) => it.line.add(works(count), 'a', 1));
    await turn();
    expect(sizes(it)).toEqual([60, MAX_BATCH]);
    for (const { finish } of it.batches) finish();
    await Promise.all(added);
  });

  test('one instance gets half of the line at most, the line ends at 5,000 events or 64 MB, and 503 comes back later', async () => {
    const { line } = rig();
    const refused = { code: 'OVERLOADED', retryAfterSeconds: 1 };
    void line.add(works(2_500), 'a', 1);
    await expect(line.add(works(1), 'a', 1)).rejects.toMatchObject(refused);
    void line.add(works(2_499), 'b', 1);
    void line.add(works(1), 'c', 1);
    await expect(line.add(works(1), 'd', 1)).rejects.toMatchObject(refused);
    expect(line.waiting).toBe(5_000);

    const heavy = rig().line;
    void heavy.add(works(1), 'a', 64 * 1024 * 1024);
    await expect(heavy.add(works(1), 'b', 1)).rejects.toMatchObject(refused);
  });

  test('a portion that fails is told alone; a commit that throws tells all of its batch, and the line goes on', async () => {
    const it = rig();
    const good = it.line.add(works(1), 'a', 1);
    const bad = it.line.add(works(1), 'a', 1);
    await turn();
    const portion = it.batches[0]?.portions[1];
    it.batches[0]?.finish(new Map(portion ? [[portion, new Error('only me')]] : []));
    await good;
    await expect(bad).rejects.toThrow('only me');

    const all = [it.line.add(works(1), 'a', 1), it.line.add(works(1), 'b', 1)];
    await turn();
    it.batches[1]?.fail(new Error('all of us'));
    for (const one of all) await expect(one).rejects.toThrow('all of us');
    const after = it.line.add(works(1), 'a', 1);
    await turn();
    it.batches[2]?.finish();
    await after;
    expect(it.line.waiting).toBe(0);
  });

  test('two batches are on their way, four only while batches are small', async () => {
    const it = rig();
    const onTheWay = async () => {
      const before = it.batches.length;
      const added: Promise<void>[] = [];
      for (let n = 0; n < 6; n += 1) {
        added.push(it.line.add(works(1), 'a', 1));
        await turn();
      }
      const started = it.batches.length - before;
      for (let n = before; it.line.waiting > 0; n += 1) {
        it.batches[n]?.finish();
        await turn();
      }
      await Promise.all(added);
      return started;
    };
    expect(await onTheWay()).toBe(2);
    for (let n = 0; n < 10; n += 1) await onTheWay();
    expect(await onTheWay()).toBe(4);
  });

  test('close finishes what was added and takes no more', async () => {
    const it = rig();
    const added = it.line.add(works(1), 'a', 1);
    let isClosed = false;
    const closed = it.line.close().then(() => (isClosed = true));
    await expect(it.line.add(works(1), 'a', 1)).rejects.toMatchObject({ code: 'OVERLOADED' });
    await turn();
    expect(isClosed).toBe(false);
    it.batches[0]?.finish();
    await Promise.all([added, closed]);
    await it.line.close();
  });
});
