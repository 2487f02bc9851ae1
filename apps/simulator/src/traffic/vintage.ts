// One protobuf object as the four JSON vintages write it: bytes, int64 and enums differ from gateway to gateway.

/** A: toJSON. B: spread. C: structured clone or a database. D: Baileys' own replacer. */
export const VINTAGES = ['A', 'B', 'C', 'D'] as const;
export type Vintage = (typeof VINTAGES)[number];

/** A 64-bit integer of a protobuf. */
export class Int64 {
  constructor(readonly value: number) {}
}

/** A value of a protobuf's enum. */
export class Enum {
  constructor(
    readonly number: number,
    readonly name: string,
  ) {}
}

/** The object as plain JSON values. Bytes are `Uint8Array`s. */
export function write(value: unknown, vintage: Vintage): unknown {
  if (value instanceof Uint8Array) return writeBytes(value, vintage);
  if (value instanceof Int64) return vintage === 'A' ? String(value.value) : writeLong(value.value);
  if (value instanceof Enum) return vintage === 'A' ? value.name : value.number;
  if (Array.isArray(value)) return value.map((item) => write(item, vintage));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, write(child, vintage)]));
}

function writeBytes(bytes: Uint8Array, vintage: Vintage): unknown {
  switch (vintage) {
    case 'A':
      return Buffer.from(bytes).toString('base64');
    case 'B':
      return { type: 'Buffer', data: [...bytes] };
    case 'C':
      return Object.fromEntries([...bytes].map((byte, place) => [place, byte]));
    case 'D':
      return { type: 'Buffer', data: Buffer.from(bytes).toString('base64') };
    default:
      return vintage satisfies never;
  }
}

function writeLong(value: number): unknown {
  return { low: value | 0, high: Math.floor(value / 0x1_0000_0000), unsigned: true };
}
