import { expect, test } from 'vitest';
import { parseConfig } from '../config.js';
import { DirectoryLockedError } from '../db/embedded/lock.js';
import { explainFailure } from './explain-failure.js';

const ASKED = { port: 4545, host: '127.0.0.1' };

function systemError(code: string, message = 'failed'): Error {
  return Object.assign(new Error(message), { code });
}

test('a busy port comes with the command that avoids it', () => {
  expect(explainFailure(systemError('EADDRINUSE'), ASKED)).toBe(
    'Port 4545 is taken by another process. Choose another: PORT=4546',
  );
});

test('a second process on the data directory is told who has it', () => {
  expect(explainFailure(new DirectoryLockedError('/srv/.recado/database.lock', 4711), ASKED)).toContain('4711');
});

test('a bad configuration is listed without a stack', () => {
  try {
    parseConfig({ PORT: 'x', NODE_ENV: 'production' });
    expect.unreachable();
  } catch (error) {
    const text = explainFailure(error, null);
    expect(text).toMatch(/PORT: .*\n.*DATABASE_URL: /);
    expect(text).not.toContain('    at ');
  }
});

test('a PostgreSQL that is down or refuses is named', () => {
  expect(explainFailure(systemError('ECONNREFUSED'), ASKED)).toContain('DATABASE_URL');
  expect(explainFailure(systemError('28P01', 'password authentication failed'), ASKED)).toContain(
    'password authentication failed',
  );
});

test('a HOST that does not resolve is not taken for a PostgreSQL that is down', () => {
  const error = Object.assign(systemError('ENOTFOUND'), { hostname: 'nowhere.invalid' });
  expect(explainFailure(error, { port: 4545, host: 'nowhere.invalid' })).toContain('HOST=nowhere.invalid');
  expect(explainFailure(error, ASKED)).toContain('DATABASE_URL');
});

test.each(['EROFS', 'ENOTDIR', 'EEXIST', 'ENOSPC'])(
  'a data directory that fails with %s is named without a stack',
  (code) => {
    const text = explainFailure(systemError(code, `${code}: mkdir '/srv/x'`), ASKED);
    expect(text).toMatch(/'\/srv\/x'.*RECADO_DATA_DIR/);
    expect(text).not.toContain('    at ');
  },
);

test('what nobody foresaw keeps its stack', () => {
  expect(explainFailure(new Error('surprise'), ASKED)).toMatch(/surprise[\s\S]*at /);
});
