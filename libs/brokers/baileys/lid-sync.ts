// LID_MIGRATION_MAPPING_SYNC: the own phone tells its linked devices which hidden id belongs to which number.
import { flagOf, idOf, isObject, nameOf, numberOf, objectOf, objectsOf, type JsonObject } from '../json.js';
import { base64Of, bytesOf } from './base64.js';

/** Some seven thousand pairs. What is longer is left to `lid-mapping.update`: it would hold up everybody else. */
const LONGEST_PAYLOAD = 128 * 1024;
const TYPES = new Set(['22', 'LID_MIGRATION_MAPPING_SYNC']);

/** One `{pn, lid}` as `lid-mapping.update` tells it. */
export interface LidPair extends JsonObject {
  pn: string;
  lid: string;
}

/** The pairs of a WAMessage that is such a sync, read one by one; none when it is not, or when somebody else than the own phone claims it. */
export function* lidPairsOf(raw: unknown): Iterable<LidPair> {
  const { key, message } = objectOf(raw);
  const { protocolMessage } = objectOf(message);
  if (!isObject(protocolMessage) || flagOf(objectOf(key).fromMe) !== true) return;
  if (!TYPES.has(nameOf(protocolMessage.type)?.toUpperCase() ?? '')) return;
  const sync = objectOf(protocolMessage.lidMigrationMappingSyncMessage);
  const told = objectsOf(sync.pnToLidMappings ?? objectOf(sync.payload).pnToLidMappings);
  const mappings: Iterable<Mapping> =
    told.length > 0 ? told : decoded(base64Of(sync.encodedMappingPayload, LONGEST_PAYLOAD));
  for (const { pn, assignedLid, latestLid } of mappings) {
    const [phone, lid] = [digitsOf(pn), digitsOf(latestLid) ?? digitsOf(assignedLid)];
    if (phone !== null && lid !== null) yield { pn: `${phone}@s.whatsapp.net`, lid: `${lid}@lid` };
  }
}

function digitsOf(value: unknown): string | null {
  const told = idOf(value) ?? String(numberOf(value));
  return /^[1-9]\d{4,19}$/.test(told) ? told : null;
}

interface Mapping {
  pn?: unknown;
  assignedLid?: unknown;
  latestLid?: unknown;
}

/** `{repeated {uint64 pn = 1, assignedLid = 2, latestLid = 3} = 1}` in protobuf; what is none of this gives nothing. */
function* decoded(base64: string | null): Iterable<Mapping> {
  if (base64 === null) return;
  for (const { number, bytes } of fieldsOf(bytesOf(base64))) {
    if (number !== 1 || bytes === null) continue;
    const values = new Map([...fieldsOf(bytes)].map((field) => [field.number, String(field.value)]));
    yield { pn: values.get(1), assignedLid: values.get(2), latestLid: values.get(3) };
  }
}

interface Field {
  number: number;
  value: bigint;
  bytes: Uint8Array | null;
}

/** Varint and length-delimited fields, as far as the bytes make sense. */
function* fieldsOf(bytes: Uint8Array): Iterable<Field> {
  let at = 0;
  function varint(): bigint | null {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) return null;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return null;
  }
  while (at < bytes.length) {
    const [tag, value] = [varint(), varint()];
    if (tag === null || value === null) return;
    const [number, wire] = [Number(tag >> 3n), tag & 7n];
    if (wire === 0n) yield { number, value, bytes: null };
    else if (wire === 2n && value <= BigInt(bytes.length - at)) {
      const end = at + Number(value);
      yield { number, value, bytes: bytes.subarray(at, end) };
      at = end;
    } else return;
  }
}
