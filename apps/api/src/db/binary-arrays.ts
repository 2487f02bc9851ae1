// Arrays as binary parameters: node-postgres sends a Buffer in binary format, which saves the quoting and the parsing of literals.
// The statement must cast the parameter to the very type: `$1::text[]`. A null stays null.

const HEADER_BYTES = 20;
const EMPTY_BYTES = 12;
/** 2000-01-01, where PostgreSQL counts from, in epoch ms. */
const POSTGRES_EPOCH_MS = 946_684_800_000;
const DAY_MS = 86_400_000;
const scratch = Buffer.allocUnsafe(256 * 1024);
const TWO_32 = 2 ** 32;
const DASH = 45;
const OID = { bool: 16, bytea: 17, int8: 20, int4: 23, text: 25, json: 114, date: 1082, timestamptz: 1184, uuid: 2950 };

type Maybe<T> = readonly (T | null)[];

/** `text[]`. */
export function textArray(values: Maybe<string>): Buffer {
  return encodeStrings(OID.text, values);
}

/** `json[]`, of texts that are JSON already. */
export function jsonArray(values: Maybe<string>): Buffer {
  return encodeStrings(OID.json, values);
}

/** `uuid[]`, of the usual text form. Throws RangeError for anything else. */
export function uuidArray(values: Maybe<string>): Buffer {
  return encodeFixed(OID.uuid, 16, values, writeUuid);
}

/** `int4[]`. Throws RangeError beyond 32 bits. */
export function int4Array(values: Maybe<number>): Buffer {
  return encodeFixed(OID.int4, 4, values, (buffer, value, offset) => buffer.writeInt32BE(value, offset));
}

/** `int8[]`, of integers JavaScript holds exactly. Throws RangeError beyond. */
export function int8Array(values: Maybe<number>): Buffer {
  return encodeFixed(OID.int8, 8, values, writeInt8);
}

/** `bool[]`. */
export function boolArray(values: Maybe<boolean>): Buffer {
  return encodeFixed(OID.bool, 1, values, (buffer, value, offset) => buffer.writeUInt8(value ? 1 : 0, offset));
}

/** `timestamptz[]`, of Dates or epoch ms (fractions are kept to the µs). Throws RangeError for an invalid Date. */
export function timestamptzArray(values: Maybe<Date | number>): Buffer {
  return encodeFixed(OID.timestamptz, 8, values, (buffer, value, offset) =>
    writeInstant(buffer, Number(value) - POSTGRES_EPOCH_MS, offset),
  );
}

/** `date[]`, of 'YYYY-MM-DD' or of Dates (their UTC day). Throws RangeError for anything else. */
export function dateArray(values: Maybe<string | Date>): Buffer {
  return encodeFixed(OID.date, 4, values, (buffer, value, offset) => {
    const epochMs = typeof value === 'string' ? Date.parse(`${value}T00:00:00Z`) : value.getTime();
    if (Number.isNaN(epochMs)) throw new RangeError('not a date');
    buffer.writeInt32BE(Math.floor((epochMs - POSTGRES_EPOCH_MS) / DAY_MS), offset);
  });
}

/** `bytea[]`. */
export function byteaArray(values: Maybe<Uint8Array>): Buffer {
  let size = sizeOf(values, 0);
  for (const value of values) size += value?.length ?? 0;
  const buffer = start(Buffer.allocUnsafe(size), OID.bytea, values);
  let offset = HEADER_BYTES;
  for (const value of values) {
    offset = buffer.writeInt32BE(value === null ? -1 : value.length, offset);
    if (value === null) continue;
    buffer.set(value, offset);
    offset += value.length;
  }
  return buffer;
}

/** Written once, with room for the longest UTF-8 there could be: measuring a string first costs as much as writing it. */
function encodeStrings(oid: number, values: Maybe<string>): Buffer {
  let most = sizeOf(values, 0);
  for (const value of values) if (value !== null) most += value.length * 3;
  const buffer = most <= scratch.length ? scratch : Buffer.allocUnsafe(exactSize(values));
  start(buffer, oid, values);
  let offset = HEADER_BYTES;
  for (const value of values) {
    if (value === null) {
      offset = buffer.writeInt32BE(-1, offset);
      continue;
    }
    const length = buffer.write(value, offset + 4);
    buffer.writeInt32BE(length, offset);
    offset += 4 + length;
  }
  const end = values.length === 0 ? EMPTY_BYTES : offset;
  return buffer === scratch ? Buffer.from(scratch.subarray(0, end)) : buffer.subarray(0, end);
}

function exactSize(values: Maybe<string>): number {
  let size = sizeOf(values, 0);
  for (const value of values) if (value !== null) size += Buffer.byteLength(value);
  return size;
}

function encodeFixed<T>(
  oid: number,
  width: number,
  values: Maybe<T>,
  write: (buffer: Buffer, value: T, offset: number) => void,
): Buffer {
  const buffer = start(Buffer.allocUnsafe(sizeOf(values, width)), oid, values);
  let offset = HEADER_BYTES;
  for (const value of values) {
    offset = buffer.writeInt32BE(value === null ? -1 : width, offset);
    if (value === null) continue;
    write(buffer, value, offset);
    offset += width;
  }
  return buffer;
}

/** The array's bytes when each value takes `width`. */
function sizeOf(values: Maybe<unknown>, width: number): number {
  if (values.length === 0) return EMPTY_BYTES;
  let size = HEADER_BYTES;
  for (const value of values) size += value === null ? 4 : 4 + width;
  return size;
}

/** Writes the header: dimensions (0 when empty, else 1), whether there are nulls, the element type, the count, the lower bound 1. */
function start(buffer: Buffer, oid: number, values: Maybe<unknown>): Buffer {
  const isEmpty = values.length === 0;
  buffer.writeInt32BE(isEmpty ? 0 : 1, 0);
  buffer.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  if (isEmpty) return buffer;
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16);
  return buffer;
}

/** Milliseconds since PostgreSQL's epoch as µs. Beyond the year 2285 those are no exact numbers any more, and a broker's clock may say 9999. */
function writeInstant(buffer: Buffer, ms: number, offset: number): void {
  const micros = Math.round(ms * 1000);
  if (Number.isSafeInteger(micros) || !Number.isSafeInteger(ms)) writeInt8(buffer, micros, offset);
  else buffer.writeBigInt64BE(BigInt(ms) * 1000n, offset);
}

function writeInt8(buffer: Buffer, value: number, offset: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError('not an exact integer');
  const high = Math.floor(value / TWO_32);
  buffer.writeInt32BE(high, offset);
  buffer.writeUInt32BE(value - high * TWO_32, offset + 4);
}

/** Value of a hexadecimal digit by its character code; 255 for everything else. */
const DIGIT = new Uint8Array(128).fill(255);
for (let value = 0; value < 16; value++) {
  DIGIT[value.toString(16).charCodeAt(0)] = value;
  DIGIT[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

function writeUuid(buffer: Buffer, value: string, offset: number): void {
  let at = 0;
  let isHex = value.length === 36;
  for (let n = 0; n < 16 && isHex; n++) {
    if (n === 4 || n === 6 || n === 8 || n === 10) isHex = value.charCodeAt(at++) === DASH;
    const high = DIGIT[value.charCodeAt(at++)] ?? 255;
    const low = DIGIT[value.charCodeAt(at++)] ?? 255;
    isHex &&= high < 16 && low < 16;
    buffer[offset + n] = (high << 4) | low;
  }
  if (!isHex) throw new RangeError('not a uuid');
}
