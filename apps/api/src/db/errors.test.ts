import { describe, expect, test } from 'vitest';
import { classifySqlError } from './errors.js';

function sqlError(code: string): Error {
  return Object.assign(new Error('refused'), { code });
}

describe('classifySqlError', () => {
  test.each(['40001', '40P01'])('%s is retried whole', (code) => {
    expect(classifySqlError(sqlError(code))).toBe('retry');
  });

  test.each([
    '08006',
    '08P01',
    '28P01',
    '3D000',
    '53100',
    '53300',
    '57014',
    '57P01',
    '58030',
    'XX000',
    'XX001',
    '25P03',
    '25006',
    '40003',
  ])('%s is an outage: nothing is parked', (code) => {
    expect(classifySqlError(sqlError(code))).toBe('outage');
  });

  test.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'])(
    '%s is an outage',
    (code) => {
      expect(classifySqlError(sqlError(code))).toBe('outage');
    },
  );

  test.each([
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Query read timeout',
    'timeout exceeded when trying to connect',
    'timeout expired',
    'Client has encountered a connection error and is not queryable',
  ])('a client time-out or loss is an outage: %s', (message) => {
    expect(classifySqlError(new Error(message))).toBe('outage');
  });

  test.each(['21000', '22021', '22P02', '23502', '23505', '23514', '54000'])('%s is about the data', (code) => {
    expect(classifySqlError(sqlError(code))).toBe('data');
  });

  test.each(['42601', '42P01', '42703', '25P02', '0A000'])('%s is a bug', (code) => {
    expect(classifySqlError(sqlError(code))).toBe('bug');
  });

  test('looks through the cause, and calls what is no database error a bug', () => {
    expect(classifySqlError(new Error('wrapped', { cause: sqlError('40P01') }))).toBe('retry');
    expect(classifySqlError(new TypeError('x is not a function'))).toBe('bug');
    expect(classifySqlError('a string')).toBe('bug');
    expect(classifySqlError(sqlError('EACCES'))).toBe('bug');
  });
});
