// What the processes say when they cannot be used as asked.
import { describe, expect, test } from 'vitest';
import { run, startProcess } from '../support/process.js';

const CLI = 'apps/api/bin/recado.js';

describe('the service', () => {
  test('lists every configuration problem at once, each with its fix, and exits 1', async () => {
    const service = startProcess({ PORT: 'http', DATABASE_URL: 'mysql://x', LOG_LEVEL: 'loud' });
    expect((await service.ended()).code).toBe(1);
    expect(service.stderr()).toMatch(/PORT: Set it to .*\n.*DATABASE_URL: Set it to .*\n.*LOG_LEVEL: Set it to /);
    expect(service.stdout()).toBe('');
  });

  test('refuses production with missing or well-known secrets, on the embedded database', async () => {
    const service = startProcess({ NODE_ENV: 'production', JWT_SECRET: 'changeme' });
    expect((await service.ended()).code).toBe(1);
    expect(service.stderr()).toMatch(/DATABASE_URL: .*RECADO_EMBEDDED=1/);
    expect(service.stderr()).toMatch(/RECADO_ENCRYPTION_KEY: /);
    expect(service.stderr()).toMatch(/JWT_SECRET: The value is well known/);
    expect(service.stderr()).not.toContain('changeme');
  });

  test('says so when PostgreSQL does not answer, and exits 1', async () => {
    const service = startProcess({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect((await service.ended()).code).toBe(1);
    expect(service.stderr()).toContain('PostgreSQL does not answer');
  });
});

describe('the command line', () => {
  test.each([
    [[]],
    [['tokn']],
    [['token', '--tenant', 'demo']],
    [['token', '--tenant', 'demo', '--sub', 'a', '--role', 'king']],
  ])('exits 2 when it is used wrongly: %j', async (args) => {
    const command = run(process.execPath, [CLI, ...args]);
    expect((await command.ended()).code).toBe(2);
    expect(command.stdout()).toBe('');
    expect(command.stderr()).toContain('recado');
  });

  test('exits 1 when the work fails', async () => {
    const command = run(process.execPath, [CLI, 'migrate'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect((await command.ended()).code).toBe(1);
    expect(command.stderr()).toContain('PostgreSQL does not answer');
  });

  test('names its version', async () => {
    const command = run(process.execPath, [CLI, '--version']);
    expect((await command.ended()).code).toBe(0);
    expect(command.stdout()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
