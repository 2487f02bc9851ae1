// Walks values that are too large to be walked in one go: their large lists and objects member by member, the rest at once.
import { createTurns } from '../turns.js';
import { isSecret, redact } from './scrub.js';

/** Members that are written as one text. */
const RUN = 256;
/** Of these, lists and objects. */
const NESTS_A_RUN = 8;

/** As `redact`, in turns. The copies of large lists and objects are put into `large` themselves. */
export async function redactInTurns(value: unknown, large: WeakSet<object>): Promise<unknown> {
  const turns = createTurns();
  return copy(value);

  async function copy(whole: unknown): Promise<unknown> {
    if (!isLarge(whole, large)) return redact(whole);
    const list: unknown[] = [];
    const object: Record<string, unknown> = {};
    if (Array.isArray(whole)) {
      for (const item of whole) {
        list.push(isLarge(item, large) ? await copy(item) : redact(item));
        if (turns.isOver()) await turns.rest();
      }
    } else {
      for (const key of Object.keys(whole)) {
        const child = (whole as Record<string, unknown>)[key];
        const kept = isSecret(key) ? null : isLarge(child, large) ? await copy(child) : redact(child);
        Object.defineProperty(object, key, { value: kept, enumerable: true, writable: true, configurable: true });
        if (turns.isOver()) await turns.rest();
      }
    }
    const copied = Array.isArray(whole) ? list : object;
    large.add(copied);
    return copied;
  }
}

/** As `JSON.stringify`, in turns, as UTF-8. */
export async function bytesInTurns(value: unknown, large: WeakSet<object>): Promise<Buffer> {
  const turns = createTurns();
  const parts: Buffer[] = [];
  await write(value);
  return Buffer.concat(parts);

  function put(text: string): void {
    parts.push(Buffer.from(text));
  }
  async function write(whole: unknown): Promise<void> {
    if (!isLarge(whole, large)) return put(JSON.stringify(whole) ?? 'null');
    const isList = Array.isArray(whole);
    put(isList ? '[' : '{');
    let isFirst = true;
    for (const run of isList ? runsOf(whole) : membersOf(whole)) {
      if (!isFirst) put(',');
      isFirst = false;
      put(run.text);
      if (run.child !== undefined) await write(run.child);
      if (turns.isOver()) await turns.rest();
    }
    put(isList ? ']' : '}');
  }
  function* runsOf(list: unknown[]): Iterable<Run> {
    let from = 0;
    let nests = 0;
    for (let at = 0; at <= list.length; at++) {
      const item = list[at];
      const isChild = at < list.length && isLarge(item, large);
      if (typeof item === 'object') nests += 1;
      if (at > from && (at === list.length || isChild || at - from >= RUN || nests > NESTS_A_RUN)) {
        yield { text: JSON.stringify(list.slice(from, at)).slice(1, -1) };
        from = at;
        nests = 0;
      }
      if (!isChild) continue;
      yield { text: '', child: item };
      from = at + 1;
    }
  }
  function* membersOf(object: object): Iterable<Run> {
    for (const [key, child] of Object.entries(object)) {
      const name = `${JSON.stringify(key)}:`;
      if (isLarge(child, large)) yield { text: name, child };
      else yield { text: name + (JSON.stringify(child) ?? 'null') };
    }
  }
}

/** Text, and the large value that follows it. */
interface Run {
  text: string;
  child?: object;
}

function isLarge(value: unknown, large: WeakSet<object>): value is object {
  return typeof value === 'object' && value !== null && large.has(value);
}
