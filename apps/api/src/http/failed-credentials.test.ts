// One address, one key.
import { expect, test } from 'vitest';
import { addressKey } from './failed-credentials.js';

test('an IPv6 address counts by its /64, IPv4 by itself, however it is spelled', () => {
  expect(addressKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
  expect(addressKey('2001:0db8:0001:0002::9')).toBe('2001:db8:1:2');
  expect(addressKey('2001:db8::1')).toBe('2001:db8:0:0');
  expect(addressKey('fe80::1%eth0')).toBe('fe80:0:0:0');
  expect(addressKey('::1')).toBe('0:0:0:0');
  expect(addressKey('::ffff:10.0.0.1')).toBe('10.0.0.1');
  expect(addressKey('10.0.0.1')).toBe('10.0.0.1');
  expect(addressKey(undefined)).toBe('unknown');
});
