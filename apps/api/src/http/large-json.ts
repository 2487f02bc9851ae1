// Parses a large JSON body piece by piece, in turns, so that nobody else waits for it.
import { RecadoError } from '../errors.js';
import { createTurns } from '../turns.js';
import type { LargeContainer } from './json-outline.js';
import { outlineOf } from './json-outline.js';
import { parseText } from './parse-json.js';

/** What becomes of a parsed piece; `text` is the source of it. */
export type Finish = (piece: unknown, text: string) => unknown;

const asIs: Finish = (piece) => piece;

const BOM = Buffer.from('\uFEFF');
const BLANK = /^[ \t\r\n]*$/;

/**
 * The value of a body and, in `large`, the lists and objects of it that are larger than a piece: whoever walks those rests in between.
 * Throws as `parseJson` does, and BODY_TOO_VARIED.
 */
export async function parseLargeJson(
  bytes: Buffer,
  { finish = asIs, pieceBytes }: { finish?: Finish; pieceBytes?: number } = {},
): Promise<{ value: unknown; large: WeakSet<object> }> {
  const source = bytes.subarray(0, BOM.length).equals(BOM) ? bytes.subarray(BOM.length) : bytes;
  const outline = await outlineOf(source, pieceBytes);
  const large = new WeakSet<object>();
  // The parser takes one byte order mark itself.
  if (outline === null) return { value: parseText(bytes.toString('utf8'), finish), large };
  const turns = createTurns();

  function textOf(from: number, to: number): string {
    return source.toString('utf8', from, to);
  }
  function assertBlank(from: number, to: number): void {
    if (!BLANK.test(textOf(from, to))) throw new RecadoError('BODY_INVALID');
  }

  async function build(container: LargeContainer): Promise<object> {
    const list: unknown[] = [];
    const object: Record<string, unknown> = {};
    let from = container.start + 1;
    let place = 0;
    for (const to of [...container.cuts, container.end]) {
      const child = container.children[place];
      if (turns.isOver()) await turns.rest();
      if (child === undefined || child.start > to) {
        const inside = textOf(from, to);
        // Nothing beside a comma of its own: `[1,]`.
        if (container.cuts.length > 0 && BLANK.test(inside)) throw new RecadoError('BODY_INVALID');
        const piece = parseText(container.isList ? `[${inside}]` : `{${inside}}`, finish);
        if (container.isList) for (const item of piece as unknown[]) list.push(item);
        else Object.assign(object, piece);
      } else {
        place += 1;
        assertBlank(child.end + 1, to);
        const value = await build(child);
        if (container.isList) {
          assertBlank(from, child.start);
          list.push(value);
        } else putMember(object, parseText(`{${textOf(from, child.start)}null}`, finish), value);
      }
      from = to + 1;
    }
    const built = container.isList ? list : object;
    large.add(built);
    return built;
  }

  assertBlank(0, outline.start);
  assertBlank(outline.end + 1, source.length);
  await turns.rest();
  return { value: await build(outline), large };
}

/** `named` holds the member's key, or nothing when it was `__proto__`. */
function putMember(object: Record<string, unknown>, named: unknown, value: object): void {
  for (const key of Object.keys(named as object)) {
    // As the parser of small bodies does: nobody reaches a prototype by way of a constructor.
    if (key !== 'constructor' || !Object.hasOwn(value, 'prototype')) object[key] = value;
  }
}
