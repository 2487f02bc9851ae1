// Bodies made to keep a parser busy: each as large as the door allows, or larger.
import { gzipSync } from 'node:zlib';

/** Statuses the door may answer with, and how to make the body. */
export interface HostileBody {
  name: string;
  statuses: number[];
  make(bytes: number, instanceId: string): Buffer;
  headers?: Record<string, string>;
}

const HEAD =
  '{"id":"hostile-ID","type":"MESSAGE_INBOUND","instanceId":"demo","payload":{"contact":{"phone":"+5511977770001"';
/** Many at a time: a body of 32 MB is not made of millions of pieces. */
const DIGITS = Array.from({ length: 500 }, (_, n) => n % 10).join();
const TAIL = '"message":{"conversation":"x"}}}';
let made = 0;

/** An envelope whose part `place` holds what is made. */
function envelope(
  place: 'weird' | 'metadata',
  open: string,
  close: string,
  bytes: number,
  make: (n: number) => string,
) {
  made += 1;
  const head = `${HEAD.replace('ID', String(made))},"${place}":${open}`;
  const tail = `${close}},"metadata":{},${TAIL}`;
  const parts: string[] = [];
  for (let size = head.length + tail.length; ;) {
    const part = (parts.length > 0 ? ',' : '') + make(parts.length);
    size += Buffer.byteLength(part);
    if (size > bytes) break;
    parts.push(part);
  }
  return Buffer.from(head + parts.join('') + tail);
}

/** A phone's past as it really comes: thousands of messages with the same keys, media with their secrets among them. */
export function history(bytes: number, instanceId: string): Buffer {
  const text = 'palavra ção ';
  made += 1;
  const messages: string[] = [];
  for (let size = 0, n = 0; size < bytes - 2_000; n++) {
    const key = {
      remoteJid: `55119777${String(10_000 + (n % 50))}@s.whatsapp.net`,
      fromMe: n % 3 === 0,
      id: `H${made}-${n}`,
    };
    const image = { mimetype: 'image/jpeg', mediaKey: 'bWVkaWFLZXk=', fileLength: '1024', caption: text };
    const message = n % 4 === 0 ? { imageMessage: image } : { conversation: text.repeat(45) };
    const one = JSON.stringify({ key, messageTimestamp: 1_714_655_100 + n, pushName: 'Maria', message });
    size += Buffer.byteLength(one) + 1;
    messages.push(one);
  }
  return Buffer.from(
    `{"event":"messages.set","instanceId":"${instanceId}","data":{"messages":[${messages.join(',')}]}}`,
  );
}

const STORED = [202];
const REFUSED = [400, 413, 422];

export const HOSTILE_BODIES: HostileBody[] = [
  {
    name: 'different keys',
    statuses: [413],
    make: (b) => envelope('weird', '{', '}', b, (n) => `"k${n.toString(36)}":1`),
  },
  {
    name: 'different keys in small objects',
    statuses: [413],
    make: (b) => envelope('weird', '[', ']', b, (n) => `{"k${n.toString(36)}":12345}`),
  },
  { name: 'numbers as keys', statuses: [413], make: (b) => envelope('weird', '{', '}', b, (n) => `"${n}":1`) },
  { name: 'numbers', statuses: STORED, make: (b) => envelope('weird', '[', ']', b, () => DIGITS) },
  {
    name: 'numbers in the contact',
    statuses: STORED,
    make: (b) => envelope('metadata', '{"list":[', ']}', b, () => DIGITS),
  },
  { name: 'different texts', statuses: STORED, make: (b) => envelope('weird', '[', ']', b, (n) => `"${n}"`) },
  {
    name: 'objects of many shapes',
    statuses: STORED,
    make: (b) =>
      envelope('weird', '[', ']', b, (n) => `{"a${(n * 7) % 97}":1,"b${(n * 13) % 89}":2,"c${(n * 31) % 83}":3}`),
  },
  { name: 'secrets', statuses: STORED, make: (b) => envelope('weird', '[', ']', b, (n) => `{"token":"secret ${n}"}`) },
  { name: 'lone surrogates', statuses: STORED, make: (b) => envelope('weird', '[', ']', b, (n) => `"\\ud83d${n}"`) },
  {
    name: '__proto__',
    statuses: STORED,
    make: (b) => envelope('weird', '[', ']', b, (n) => `{"__proto__":"${n % 10}"}`),
  },
  {
    name: 'levels',
    statuses: [...STORED, 400],
    make: (b) => envelope('weird', '[', ']', b, () => `${'['.repeat(50)}"${'x'.repeat(800)}"${']'.repeat(50)}`),
  },
  {
    name: 'one endless text',
    statuses: STORED,
    make: (b) =>
      Buffer.from(
        `${HEAD.replace('ID', `t${made++}`)}},"metadata":{},"message":{"conversation":"${'ã'.repeat((Math.min(b, 4_000_000) - 1_000) / 2)}"}}}`,
      ),
  },
  {
    name: 'escapes',
    statuses: STORED,
    make: (b) => envelope('weird', '[', ']', b, () => `"${'\\u00e3'.repeat(100)}"`),
  },
  { name: 'texts as items', statuses: REFUSED, make: (b) => Buffer.from(`[${'"abcdefgh",'.repeat((b - 10) / 11)}0]`) },
  { name: 'empty objects', statuses: REFUSED, make: (b) => Buffer.from(`[${'{},'.repeat((b - 10) / 3)}0]`) },
  { name: 'brackets', statuses: REFUSED, make: (b) => Buffer.alloc(b, '[') },
  { name: 'quotes', statuses: REFUSED, make: (b) => Buffer.alloc(b, '"') },
  {
    name: 'backslashes in a text',
    statuses: REFUSED,
    make: (b) => Buffer.concat([Buffer.from('["'), Buffer.alloc(b - 2, '\\')]),
  },
  { name: 'blanks', statuses: REFUSED, make: (b) => Buffer.alloc(b, ' ') },
  { name: 'zero bytes', statuses: REFUSED, make: (b) => Buffer.alloc(b) },
  { name: 'a number of millions of digits', statuses: [400, 422], make: (b) => Buffer.alloc(b, '9') },
  { name: 'a history', statuses: STORED, make: (b, id) => history(b, id) },
  {
    name: 'a history, packed',
    statuses: STORED,
    make: (b, id) => gzipSync(history(b, id)),
    headers: { 'content-encoding': 'gzip' },
  },
  {
    name: 'a gzip bomb',
    statuses: [413],
    make: () => gzipSync(Buffer.alloc(200 * 1_048_576, ' '), { level: 9 }),
    headers: { 'content-encoding': 'gzip' },
  },
];
