// The waiting line: bounded, in order, two batches on their way, nobody fails for a neighbour (DESIGN 4.4, 4.9).
import { afterEach, describe, expect, test, vi } from 'vitest';
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

  describe('while a batch takes longer than a second', () => {
    afterEach(() => void vi.useRealTimers());
    const unavailable = { code: 'UNAVAILABLE', retryAfterSeconds: 1 };

    test('nobody waits longer than 2.3 s for a batch, and nobody longer than 2.7 s for an answer', async () => {
      vi.useFakeTimers();
      const it = rig();
      const outcomes: string[] = [];
      function add(name: string): void {
        it.line.add(works(1), 'a', 1).then(
          () => outcomes.push(`${name} stored`),
          (error: unknown) => outcomes.push(`${name} ${(error as { code: string }).code}`),
        );
      }
      for (const name of ['first', 'second']) {
        add(name);
        await vi.advanceTimersByTimeAsync(1);
      }
      add('waiting');
      await vi.advanceTimersByTimeAsync(2_250);
      expect(outcomes).toEqual([]);
      await vi.advanceTimersByTimeAsync(150);
      expect(outcomes).toEqual(['waiting UNAVAILABLE']);
      await vi.advanceTimersByTimeAsync(400);
      expect(outcomes).toEqual(['waiting UNAVAILABLE', 'first UNAVAILABLE', 'second UNAVAILABLE']);
      expect(it.line.waiting).toBe(2);
      for (const { finish } of it.batches) finish();
      await vi.advanceTimersByTimeAsync(1);
      expect(it.line.waiting).toBe(0);
      expect(vi.getTimerCount()).toBe(0);
    });

    test('a broker that waited before it came here is refused sooner', async () => {
      vi.useFakeTimers();
      const it = rig();
      const early = it.line.add(works(1), 'a', 1, performance.now() - 1_600);
      const refused = expect(early).rejects.toMatchObject(unavailable);
      await vi.advanceTimersByTimeAsync(1_200);
      await refused;
      it.batches[0]?.finish();
      // It was slow a moment ago, so nobody waits to see whether it still is.
      const late = expect(it.line.add(works(1), 'a', 1, performance.now() - 2_600)).rejects.toMatchObject(unavailable);
      await vi.advanceTimersByTimeAsync(200);
      await late;
      it.batches[1]?.finish();
      await vi.advanceTimersByTimeAsync(1);
      const quick = it.line.add(works(1), 'a', 1, performance.now() - 2_600);
      await vi.advanceTimersByTimeAsync(500);
      it.batches[2]?.finish();
      await quick;
    });

    test('who waited longest is refused first, also behind somebody who came a moment ago', async () => {
      vi.useFakeTimers();
      const it = rig();
      for (let n = 0; n < 2; n += 1) {
        it.line.add(works(1), 'a', 1).catch(() => {});
        await vi.advanceTimersByTimeAsync(1);
      }
      it.line.add(works(1), 'a', 1).catch(() => {});
      let isRefused = false;
      it.line.add(works(1), 'a', 1, performance.now() - 1_400).catch(() => (isRefused = true));
      await vi.advanceTimersByTimeAsync(1_100);
      expect(isRefused).toBe(true);
      expect(it.line.waiting).toBe(3);
      for (const { finish } of it.batches) finish();
      await vi.advanceTimersByTimeAsync(1);
      it.batches.at(-1)?.finish();
      await vi.advanceTimersByTimeAsync(1);
    });

    test('a quick batch beside it changes nothing for those in it', async () => {
      vi.useFakeTimers();
      const it = rig();
      const stuck = expect(it.line.add(works(1), 'a', 1)).rejects.toMatchObject(unavailable);
      await vi.advanceTimersByTimeAsync(1_500);
      const quick = it.line.add(works(1), 'a', 1);
      await vi.advanceTimersByTimeAsync(10);
      it.batches[1]?.finish();
      await quick;
      await vi.advanceTimersByTimeAsync(1_300);
      await stuck;
      it.batches[0]?.finish();
    });

    test('a line that is only long is worked off, however long that takes', async () => {
      vi.useFakeTimers();
      const it = rig();
      const added = Array.from({ length: 12 }, () => it.line.add(works(MAX_BATCH), 'a', 1));
      for (let n = 0; n < 12; n += 1) {
        await vi.advanceTimersByTimeAsync(400);
        it.batches[n]?.finish();
      }
      await vi.advanceTimersByTimeAsync(1);
      await expect(Promise.all(added)).resolves.toHaveLength(12);
    });
  });
});
