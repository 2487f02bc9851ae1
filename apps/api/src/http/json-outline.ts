// The outline of a large JSON body, read from its bytes in turns: what is too large to be parsed at once, and where it can be cut.
import { RecadoError } from '../errors.js';
import { createTurns } from '../turns.js';
import { MAX_DEPTH, mostNests } from './json-depth.js';
import { KeyCount } from './key-count.js';

/** A list or an object larger than a piece. The text between two neighbouring cuts, its own ends included, is a piece, or holds one of `children`. */
export interface LargeContainer {
  isList: boolean;
  /** Where its brackets are, in bytes. */
  start: number;
  end: number;
  /** Where commas of its own are. */
  cuts: number[];
  children: LargeContainer[];
}

/** What is parsed at once: some hundred short items, half a millisecond. */
export const PIECE_BYTES = 32_768;
/** Between two looks at the clock. */
const STRETCH_BYTES = 65_536;
/** A thumbnail as an index map has some ten thousand; listing the keys of one object stalls from about a million on. */
const MOST_MEMBERS = 131_072;
/** Base64 may fill the whole body, text of other alphabets costs ten times as much to decode. */
const LONGEST_TEXT = 4_194_304;

/** Beyond the usual size of a body only long texts (media in base64) and 20,000 items of some thirty values are let in: small values take tens of times their text in memory. */
const USUAL_BYTES = 4_194_304;
const MOST_VALUES = 600_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

interface Frame extends LargeContainer {
  lastCut: number;
  lastComma: number;
  members: number;
  /** What was cut off before has ended: the next comma is a cut. */
  mustCut: boolean;
}

/**
 * The outermost large container, or null when there is none. Throws BODY_TOO_DEEP, BODY_TOO_VARIED, BODY_INVALID when brackets do not match.
 * Everything between the cuts is left to the parser.
 */
export async function outlineOf(bytes: Uint8Array, pieceBytes = PIECE_BYTES): Promise<LargeContainer | null> {
  const turns = createTurns();
  const keys = new KeyCount();
  const stack: Frame[] = [];
  const most = mostNests(bytes.length);
  let root: LargeContainer | null = null;
  let top: Frame | undefined;
  let nests = 0;
  let values = 0;
  let isKey = false;
  let checkpoint = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (at >= checkpoint) {
      if (turns.isOver()) await turns.rest();
      checkpoint = at + STRETCH_BYTES;
    }
    switch (bytes[at]) {
      case QUOTE: {
        const start = at + 1;
        at = endOfString(bytes, start);
        if (isKey) keys.add(bytes, start, at);
        else if (at - start > LONGEST_TEXT) assertAscii(bytes, start, at);
        isKey = false;
        break;
      }
      case COMMA:
        values += 1;
        if (values > MOST_VALUES && bytes.length > USUAL_BYTES) throw new RecadoError('BODY_TOO_VARIED');
        if (top === undefined) break;
        passComma(top, at, pieceBytes);
        isKey = !top.isList;
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        nests += 1;
        if (stack.length >= MAX_DEPTH || nests > most) throw new RecadoError('BODY_TOO_DEEP');
        isKey = bytes[at] === OPEN_OBJECT;
        top = { isList: !isKey, start: at, end: 0, cuts: [], children: [], ...fresh(at) };
        stack.push(top);
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT: {
        const closed = stack.pop();
        if (closed === undefined || closed.isList !== (bytes[at] === CLOSE_LIST)) throw new RecadoError('BODY_INVALID');
        top = stack.at(-1);
        isKey = false;
        closed.end = at;
        if (at - closed.start <= pieceBytes) break;
        if (top) holdLarge(top, closed);
        else if (root) throw new RecadoError('BODY_INVALID');
        else root = closed;
        break;
      }
      case undefined:
      default:
        break;
    }
  }
  if (stack.length > 0) throw new RecadoError('BODY_INVALID');
  return root;
}

function fresh(at: number): Pick<Frame, 'lastCut' | 'lastComma' | 'members' | 'mustCut'> {
  return { lastCut: at, lastComma: at, members: 1, mustCut: false };
}

function passComma(frame: Frame, at: number, pieceBytes: number): void {
  frame.members += 1;
  if (!frame.isList && frame.members > MOST_MEMBERS) throw new RecadoError('BODY_TOO_VARIED');
  frame.lastComma = at;
  if (frame.mustCut || at - frame.lastCut >= pieceBytes) cut(frame, at);
}

/** A large child stands alone between two cuts. */
function holdLarge(frame: Frame, child: LargeContainer): void {
  if (frame.lastComma > frame.lastCut) cut(frame, frame.lastComma);
  frame.children.push(child);
  frame.mustCut = true;
}

function cut(frame: Frame, at: number): void {
  frame.cuts.push(at);
  frame.lastCut = at;
  frame.mustCut = false;
}

function endOfString(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

function assertAscii(bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    if ((bytes[at] ?? 0) > 0x7f)
      throw new RecadoError('BODY_TOO_LARGE', { message: 'A text of the body is too long.' });
  }
}
