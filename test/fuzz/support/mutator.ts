// Spoils good payloads: their structure, the spelling of their values, and their bytes.
import { NAUGHTY_STRINGS } from './naughty-strings.js';
import type { Random } from './random.js';
import { SEEDS } from './seeds.js';

/** Every key that some seed has: what is nested elsewhere still means something there. */
const KEYS = [...new Set(SEEDS.flatMap((seed) => keysOf(seed)))];
/** A text that stands for JSON which `JSON.stringify` does not write. */
const AS_WRITTEN = '\u0001';
const SPELLINGS = [
  '1e400',
  '-1e400',
  '-0',
  '1E5',
  '1e-400',
  '0.1e1',
  '18446744073709551615',
  '9007199254740993',
  '123456789012345678901234567890',
];
const NUMBERS = [0, -1, 1, 2 ** 31, 2 ** 53, -(2 ** 63), 1e21, 0.5, Number.MIN_VALUE, 253_402_300_800, -62_135_596_801];
const LONGEST = 65_536;

/** The n-th spoiled payload. */
export function mutant(random: Random): Buffer {
  const value: unknown = structuredClone(random.pick(SEEDS));
  let body = value;
  for (let n = random.int(6); n >= 0; n--) body = spoilStructure(body, random);
  const text = JSON.stringify(body).replaceAll(/"\\u0001([^"]*)"/g, '$1');
  const doubled = random.once(12) ? doubleKey(text, random) : text;
  const bytes = Buffer.from(random.once(30) ? `\uFEFF${doubled}` : doubled);
  return random.once(6) ? spoilBytes(bytes, random) : bytes;
}

function spoilStructure(root: unknown, random: Random): unknown {
  const places = placesOf(root);
  if (places.length === 0) return anything(random, root);
  const { holder, key } = random.pick(places);
  const value = holder[key];
  switch (random.int(12)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      break;
    case 1:
      if (Array.isArray(holder))
        holder.push(...Array.from({ length: 1 + random.int(20) }, () => structuredClone(value)));
      else put(holder, random.pick(KEYS), structuredClone(value));
      break;
    case 2: {
      const other = random.pick(places);
      put(holder, key, structuredClone(other.holder[other.key]));
      break;
    }
    case 3:
      put(holder, key, [value]);
      break;
    case 4:
      put(holder, key, { [random.pick(KEYS)]: value });
      break;
    case 5:
      put(holder, key, nested(value, random));
      break;
    case 6:
      put(holder, key, JSON.stringify(value) ?? '');
      break;
    default:
      put(holder, key, anything(random, root));
  }
  return root;
}

function anything(random: Random, root: unknown): unknown {
  switch (random.int(14)) {
    case 0:
      return null;
    case 1:
      return random.once(2);
    case 2:
      return random.pick(NUMBERS);
    case 3:
      return AS_WRITTEN + random.pick(SPELLINGS);
    case 4:
      return { low: random.pick(NUMBERS), high: random.pick([0, 1, -1, 2 ** 31, 'x']), unsigned: random.once(2) };
    case 5:
      return random
        .pick(NAUGHTY_STRINGS)[1]
        .repeat(1 + random.int(50))
        .slice(0, LONGEST);
    case 6:
      return { type: 'Buffer', data: Array.from({ length: random.int(40) }, () => random.int(300)) };
    case 7:
      return Object.fromEntries(Array.from({ length: random.int(100) }, (_, n) => [n, random.int(256)]));
    case 8:
      return [];
    case 9:
      return {};
    case 10:
      return structuredClone(random.pick(SEEDS));
    case 11:
      return {
        [random.pick(['__proto__', 'constructor', 'prototype', 'toString', 'then'])]: {
          polluted: 1,
          prototype: root === null ? 1 : { polluted: 1 },
        },
      };
    default:
      return random.pick(NAUGHTY_STRINGS)[1];
  }
}

function nested(value: unknown, random: Random): unknown {
  const word = random.pick([
    'message',
    'ephemeralMessage',
    'payload',
    'body',
    'events',
    'quotedMessage',
    'editedMessage',
  ]);
  let inner = value;
  for (let n = random.int(90); n > 0; n--) inner = random.once(3) ? [inner] : { [word]: inner };
  return inner;
}

interface Place {
  holder: Record<string, unknown>;
  key: string;
}

function placesOf(root: unknown, found: Place[] = []): Place[] {
  if (typeof root !== 'object' || root === null || found.length > 2_000) return found;
  for (const key of Object.keys(root)) {
    const holder = root as Record<string, unknown>;
    found.push({ holder, key });
    placesOf(holder[key], found);
  }
  return found;
}

function keysOf(seed: unknown): string[] {
  return placesOf(seed).flatMap(({ holder, key }) => (Array.isArray(holder) ? [] : [key]));
}

function put(holder: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, writable: true, configurable: true });
}

/** The same key once more in one of its objects. */
function doubleKey(text: string, random: Random): string {
  const brackets = [...text.matchAll(/\{(?=")/g)].map(({ index }) => index);
  if (brackets.length === 0) return text;
  const at = random.pick(brackets) + 1;
  return `${text.slice(0, at)}"${random.pick(KEYS)}":${JSON.stringify(random.pick(NUMBERS))},${text.slice(at)}`;
}

function spoilBytes(bytes: Buffer, random: Random): Buffer {
  const at = random.int(bytes.length);
  switch (random.int(4)) {
    case 0:
      return bytes.subarray(0, at);
    case 1: {
      const flipped = Buffer.from(bytes);
      for (let n = random.int(8); n >= 0; n--) {
        const place = random.int(bytes.length);
        flipped[place] = (flipped[place] ?? 0) ^ (1 << random.int(8));
      }
      return flipped;
    }
    case 2:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from([0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80]),
        bytes.subarray(at),
      ]);
    default:
      return Buffer.concat([bytes, bytes.subarray(at)]);
  }
}
