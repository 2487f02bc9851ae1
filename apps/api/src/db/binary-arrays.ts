// Arrays as binary parameters: node-postgres sends a Buffer in binary format, which saves the quoting and the parsing of literals.
// The statement must cast the parameter to the very type: `$1::text[]`. A null stays null.

const HEADER_BYTES = 20;
const EMPTY_BYTES = 12;
/** 2000-01-01, where PostgreSQL counts from, in epoch ms. */
const POSTGRES_EPOCH_MS = 946_684_800_000;
const DAY_MS = 86_400_000;
const TWO_32 = 2 ** 32;
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

/** `timestamptz[]`, of Dates or epoch ms (fractions are kept to the µs). Throws RangeError for an invalid Date and beyond ±285 years of 2000. */
export function timestamptzArray(values: Maybe<Date | number>): Buffer {
  return encodeFixed(OID.timestamptz, 8, values, (buffer, value, offset) =>
    writeInt8(buffer, Math.round((Number(value) - POSTGRES_EPOCH_MS) * 1000), offset),
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
  const buffer = start(OID.bytea, size, values);
  let offset = HEADER_BYTES;
  for (const value of values) {
    offset = buffer.writeInt32BE(value === null ? -1 : value.length, offset);
    if (value === null) continue;
    buffer.set(value, offset);
    offset += value.length;
  }
  return buffer;
}

function encodeStrings(oid: number, values: Maybe<string>): Buffer {
  let size = sizeOf(values, 0);
  for (const value of values) if (value !== null) size += Buffer.byteLength(value);
  const buffer = start(oid, size, values);
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
  return buffer;
}

function encodeFixed<T>(
  oid: number,
  width: number,
  values: Maybe<T>,
  write: (buffer: Buffer, value: T, offset: number) => void,
): Buffer {
  const buffer = start(oid, sizeOf(values, width), values);
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

/** A buffer with the header: dimensions (0 when empty, else 1), whether there are nulls, the element type, the count, the lower bound 1. */
function start(oid: number, size: number, values: Maybe<unknown>): Buffer {
  const buffer = Buffer.allocUnsafe(size);
  const isEmpty = values.length === 0;
  buffer.writeInt32BE(isEmpty ? 0 : 1, 0);
  buffer.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  if (isEmpty) return buffer;
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16);
  return buffer;
}

function writeInt8(buffer: Buffer, value: number, offset: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError('not an exact integer');
  const high = Math.floor(value / TWO_32);
  buffer.writeInt32BE(high, offset);
  buffer.writeUInt32BE(value - high * TWO_32, offset + 4);
}

function writeUuid(buffer: Buffer, value: string, offset: number): void {
  const written =
    value.length === 36 &&
    buffer.write(value.slice(0, 8), offset, 'hex') +
      buffer.write(value.slice(9, 13), offset + 4, 'hex') +
      buffer.write(value.slice(14, 18), offset + 6, 'hex') +
      buffer.write(value.slice(19, 23), offset + 8, 'hex') +
      buffer.write(value.slice(24), offset + 10, 'hex');
  if (written !== 16) throw new RangeError('not a uuid');
}
