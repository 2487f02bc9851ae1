// The corners of JSON at the webhook door: valid is taken (202 or 422), invalid is 400, and nothing in between is a 5xx.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMetered, type MeteredService } from './support/metered-service.js';

let service: MeteredService;
beforeAll(async () => {
  service = await startMetered();
});
afterAll(() => service[Symbol.asyncDispose]());

const HEAD =
  '{"id":"corner","type":"MESSAGE_INBOUND","instanceId":"demo","payload":{"contact":{"phone":"+5511977770001"},"metadata":{},"message":{"conversation":"x"},"x":';

/** Each stands alone as a body, inside an envelope, and at the end of one too long to be parsed at once. */
const VALID = [
  '0',
  '-0',
  '1',
  '-1',
  '1.5',
  '0.0',
  '1e5',
  '1E5',
  '1e+5',
  '1E-5',
  '0e0',
  '-1.5e-3',
  '1e400',
  '-1e400',
  '1e-400',
  '9007199254740993',
  '18446744073709551616',
  '123456789012345678901234567890',
  'true',
  'false',
  'null',
  '""',
  '" "',
  '"\\u0000"',
  '"\\u0061"',
  '"\\"\\\\\\/\\b\\f\\n\\r\\t"',
  '"\\ud83d\\ude00"',
  '"\\ud83d"',
  '"\\ude00\\ud83d"',
  '"\\uD83Dx"',
  '"\\uFFFF"',
  '"\u2028\u2029"',
  '"\u007f"',
  '"😀"',
  '"/"',
  '"// x"',
  '[]',
  '[ ]',
  '[[]]',
  '[null]',
  '[1,2]',
  '[1 ,\n2\t,\r3]',
  '{}',
  '{ }',
  '{"":0}',
  '{"a":1,"a":2}',
  '{"a":{},"b":[]}',
  '{"\\u0061":1,"a":2}',
  '{"__proto__":1}',
  '{"constructor":{"prototype":{}}}',
  '{"a\\u0000b":1}',
  ' {} ',
  '\t\r\n[]\n',
  `[${'[],'.repeat(99)}[]]`,
];
const INVALID = [
  '',
  ' ',
  '{',
  '}',
  '[',
  ']',
  '[1',
  '[1,',
  '[,1]',
  '[1,]',
  '[1,,2]',
  '[1 2]',
  '[1:2]',
  '{,}',
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{"a":1 "b":2}',
  '{"a":1,,"b":2}',
  '{a:1}',
  "{'a':1}",
  '{1:1}',
  '{null:1}',
  '{[]:1}',
  '[}',
  '{]',
  '[1}',
  '{"a":1]',
  '[]]',
  '{}}',
  '[][]',
  '{}{}',
  '{} x',
  '1 2',
  '01',
  '-01',
  '+1',
  '.5',
  '5.',
  '-',
  '--1',
  '1e',
  '1e+',
  '1e5.5',
  '0x10',
  '1_000',
  'NaN',
  'Infinity',
  '-Infinity',
  'nan',
  '1f',
  '١',
  'tru',
  'True',
  'TRUE',
  'nul',
  'undefined',
  'None',
  'nullx',
  '"',
  '"a',
  "'a'",
  '"\\"',
  '"\\x41"',
  '"\\u12"',
  '"\\u12G4"',
  '"\\U0041"',
  '"\\\u0000"',
  '"a\nb"',
  '"a\tb"',
  '"a\u0000b"',
  '"\\a"',
  '"\\',
  '"a" "b"',
  '// x\n{}',
  '/* x */{}',
  '{}#x',
  '{"a":1}//',
  '<a/>',
  'a=1&b=2',
  '\\u007b}',
  '\u00a0{}',
  '\u2028[]',
  '\f[]',
  '\ufeff\ufeff{}',
  '{\ufeff}',
  '[\u0000]',
];

async function post(body: string | Buffer): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const { status } = await service.post(new Uint8Array(Buffer.from(body)));
    if (status !== 503 || attempt === 5) return status;
  }
}
function inside(text: string): string {
  return `${HEAD}${text}}}`;
}
/** Longer than what is parsed at once, with the corner at its end. */
function after100Kb(text: string): string {
  return inside(`[${'"0123456789",'.repeat(8_000)}${text}]`);
}

describe('valid JSON is taken', () => {
  test.each(VALID)('%j', async (text) => {
    expect([202, 422]).toContain(await post(text));
    expect(await post(inside(text))).toBe(202);
    expect(await post(after100Kb(text))).toBe(202);
  });
});

describe('invalid JSON is 400', () => {
  test.each(INVALID)('%j', async (text) => {
    expect(await post(text)).toBe(400);
    // Alone an empty text is no JSON; between two signs it may be.
    if (/^ ?$|^1 2$/.test(text)) return;
    expect(await post(inside(text))).toBe(400);
    expect(await post(after100Kb(text))).toBe(400);
  });
});

describe('bytes', () => {
  test.each<[string, Buffer, number[]]>([
    ['a byte order mark is skipped', Buffer.from('\ufeff[]'), [202]],
    ['UTF-16 is no JSON', Buffer.from('[]', 'utf16le'), [400]],
    [
      'invalid UTF-8 in a text is replaced',
      Buffer.concat([Buffer.from('["'), Buffer.from([0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80]), Buffer.from('"]')]),
      [422],
    ],
    ['invalid UTF-8 outside of one is not', Buffer.from([0x5b, 0xff, 0x5d]), [400]],
    ['64 levels are taken', Buffer.from('['.repeat(64) + ']'.repeat(64)), [202, 422]],
    ['65 are not', Buffer.from('['.repeat(65) + ']'.repeat(65)), [400]],
  ])('%s', async (_, bytes, statuses) => {
    expect(statuses).toContain(await post(bytes));
  });
});

test('an id that is a number beyond 2^53 is taken as the nearest double: brokers that mean its digits send a string', async () => {
  const id = '9007199254740993';
  const admin = await service.token({ roles: ['admin'] });
  const event = (spelled: string) => inside('0').replace('"corner"', spelled);
  expect(await post(event(id))).toBe(202);
  expect(await post(event(`"${id}"`))).toBe(202);
  for (const kept of ['9007199254740992', id]) {
    const { status } = await service.request(`/api/trace/${kept}`, { headers: { authorization: `Bearer ${admin}` } });
    expect(status).toBe(200);
  }
});

test('afterwards the service has logged no error', () => {
  expect(service.errors().filter((line) => !line.includes('"UNAVAILABLE"'))).toEqual([]);
});
