// Nothing personal and no credential can be read in a log, however it came there.
import { describe, expect, test } from 'vitest';
import { createLog } from './log.js';
import { maskText } from './log-masks.js';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZ2VudC0xIn0.c2lnbmF0dXJl';
const CANARIES = [
  '5511987654321',
  '+55 (11) 98765-4321',
  '(11) 98765-4321',
  '11 98765-4321',
  '+1 415-555-0132',
  '123.456.789-09',
  '12345678909',
  'wamid.HBgNNTUxMTk4NzY1NDMyMRUCABIYFDNBQjA',
  '5511987654321@s.whatsapp.net',
  '5511987654321:12@s.whatsapp.net',
  '5511987654321%40s.whatsapp.net',
  '123456789012345@lid',
  '5511987654321-1420370000@g.us',
  '120363025246125486@g.us',
  JWT,
];

function record(): { lines: string[]; log: ReturnType<typeof createLog> } {
  const lines: string[] = [];
  return { lines, log: createLog({ level: 'trace', destination: { write: (line) => void lines.push(line) } }) };
}

describe('log', () => {
  test.each(CANARIES)(
    '%s is read nowhere: message, field, nested field, error, cause, number, path, stack',
    (canary) => {
      const { lines, log } = record();
      log.info(
        { a: canary, list: [canary], deep: { text: `to ${canary}, now` }, path: `/api/x/${canary}?q=${canary}` },
        canary,
      );
      log.error(
        { err: new Error(`for\n${canary}`, { cause: new Error(`tab\t${canary} \u0001${canary}`) }) },
        `x${canary}`,
      );
      log.child({ bound: canary }).warn(`a_${canary}_b`);
      const whole = lines.join('');
      expect(whole).not.toContain(canary);
      expect(whole).not.toContain('98765');
      for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    },
  );

  test('a number that looks like a telephone stays valid JSON and is not read', () => {
    const { lines, log } = record();
    log.info({ phone: 5511987654321, list: [5511987654321, 1], last: { n: 5511987654321 } }, 'x');
    expect(lines[0]).not.toContain('5511987654321');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ phone: 0, list: [0, 1], last: { n: 0 } });
  });

  test.each([
    { apikey: 'canary-key' },
    { headers: { 'x-api-key': 'canary-key', Authorization: 'Bearer canary-key' } },
    { body: JSON.stringify({ apikey: 'canary-key', a: 1 }) },
    { url: '/socket.io/?EIO=4&token=canary-key&transport=polling' },
    { hmacSecrets: ['canary-key', 'b'] },
    { text: 'Authorization: Bearer canary-key' },
    { text: 'bearer canary-key' },
    { ticket: 'canary-key' },
    { accessToken: 'canary-key' },
  ])('a credential is masked by the name it goes by: %j', (fields) => {
    const { lines, log } = record();
    log.warn(fields, 'x');
    expect(lines[0]).not.toContain('canary-key');
    expect(() => JSON.parse(lines[0] ?? '')).not.toThrow();
  });

  test('ids of ours and trace ids can be read, so that a line leads to its row', () => {
    const kept = [
      '01997a3e-1234-7123-8123-123456789012',
      '4bf92f3577b34da6a3ce929d0e0e4736',
      '2026-05-02T13:05:00.000Z',
      'instance-42',
    ];
    for (const text of kept) expect(maskText(`{"a":"${text}"}`)).toBe(`{"a":"${text}"}`);
  });

  test('an error shows no field but type, code, message, stack and cause', () => {
    const { lines, log } = record();
    log.error({ err: Object.assign(new Error('refused'), { code: '23505', detail: 'Key (name)=(Maria)' }) }, 'x');
    expect(lines[0]).not.toContain('Maria');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'error', err: { code: '23505', message: 'refused' } });
  });

  test('pretty lines are plain and masked too', () => {
    const lines: string[] = [];
    const log = createLog({ level: 'info', pretty: true, destination: { write: (line) => void lines.push(line) } });
    log.info({ port: 4545, to: '5511987654321' }, 'ready');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d info {2}ready port=4545 to="\[number\]"\n$/);
  });

  test('masking a line takes microseconds', () => {
    const line = JSON.stringify({
      level: 'info',
      msg: 'x'.repeat(300),
      url: '/api/tickets?q=1',
      traceId: 'a'.repeat(32),
    });
    const started = performance.now();
    for (let i = 0; i < 2_000; i++) maskText(line);
    expect((performance.now() - started) / 2_000).toBeLessThan(0.2);
  });
});
