// WebSocket text frames as a client sees them: reading a server's from a stream of bytes, writing its own.

/** Opcodes of RFC 6455. */
const TEXT = 0x1;
const CLOSE = 0x8;
const SHORT = 126;
const LONG = 127;

/** Whole frames at the front of bytes: where each payload begins and ends. */
export interface FrameBounds {
  opcode: number;
  from: number;
  to: number;
}

/** The frame that begins at `at`, its header read and nothing else; null while it is not whole (`end` is where the bytes end). */
export function frameAt(bytes: Buffer, at: number, end: number): FrameBounds | null {
  if (end - at < 2) return null;
  const opcode = (bytes[at] ?? 0) & 0x0f;
  const short = (bytes[at + 1] ?? 0) & 0x7f;
  let from = at + 2;
  let length = short;
  if (short === SHORT) {
    from += 2;
    if (end < from) return null;
    length = bytes.readUInt16BE(at + 2);
  } else if (short === LONG) {
    from += 8;
    if (end < from) return null;
    length = Number(bytes.readBigUInt64BE(at + 2));
  }
  const to = from + length;
  return to <= end ? { opcode, from, to } : null;
}

/** Whether the server has closed with this frame. */
export function isClose({ opcode }: FrameBounds): boolean {
  return opcode === CLOSE;
}

/** A client's text frame of at most 65,535 bytes, masked with zeros. */
export function maskedTextFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const head = length < SHORT ? [length | 0x80] : [SHORT | 0x80, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([0x80 | TEXT, ...head, 0, 0, 0, 0]), payload]);
}
