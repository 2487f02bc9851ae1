import { describe, expect, test } from 'vitest';
import { DialsSchema } from './dials.js';
import { HELP, kebab, readOptions } from './options.js';

const NOW = new Date('2026-03-01T12:00:00.000Z');

describe('the command line', () => {
  test('without a word runs the defaults against a service of its own', () => {
    expect(readOptions([], NOW)).toMatchObject({
      mode: 'run',
      url: null,
      dials: { seed: 'recado', rate: 200, events: 3_000, tenants: 3, chats: 300, duplicates: 0.1 },
    });
  });
  test('conversations end before now, so that no message lies in the future', () => {
    const { dials } = readOptions(['--events', '1000'], NOW);
    expect(Date.parse(dials?.startsAt ?? '')).toBeLessThanOrEqual(NOW.getTime() - 1_000 * 250);
  });
  test('--seconds is so many deliveries at the rate', () => {
    expect(readOptions(['--seconds', '3', '--rate', '50'], NOW).dials).toMatchObject({ events: 150, rate: 50 });
  });
  test.each([
    [['--rate', 'fast'], /--rate: "fast" is no number/],
    [['--late-statuses', '2'], /--late-statuses: /],
    [['--speed', '9'], /speed/],
    [['--seconds', '1', '--events', '2'], /not both/],
    [['--url', 'ftp://x'], /no http or https URL/],
    [['--url', 'http://x'], /needs --jwt-secret-file/],
    [['--verify', 'x.jsonl'], /needs --url/],
    [['--replay', 'a', '--verify', 'b'], /not both/],
    [['--replay', 'a', '--rate', '3'], /leave them out/],
    [['--url', 'http://x', '--jwt-secret-file', 'f', '--database-url', 'postgres://y'], /leave it out with --url/],
  ])('%j is used wrongly and says why', (args, reason) => {
    expect(() => readOptions(args, NOW)).toThrow(reason);
  });
  test('the help names every dial', () => {
    const missing = Object.keys(DialsSchema.shape).filter((name) => !HELP.includes(`--${kebab(name)}`));
    expect(missing).toEqual([]);
  });
});
