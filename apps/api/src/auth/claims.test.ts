import { expect, test } from 'vitest';
import { OPERATOR_TENANT, toPrincipal } from './claims.js';

const claims = { sub: 'agent-1', tenantId: 'demo', roles: ['agent'], exp: 2_000_000_000 };

test('claims become a principal; jti and name may be missing', () => {
  expect(toPrincipal(claims)).toEqual({ ...claims, name: null, jti: null });
  expect(toPrincipal({ ...claims, jti: 'j', name: 'Ana', iat: 1, extra: true })).toEqual({
    ...claims,
    jti: 'j',
    name: 'Ana',
  });
});

test('an operator may stand above the tenants', () => {
  expect(toPrincipal({ ...claims, tenantId: undefined, roles: ['operator'] })?.tenantId).toBe(OPERATOR_TENANT);
});

test.each([
  { tenantId: undefined },
  { tenantId: 'Demo' },
  { tenantId: 'a:b' },
  { tenantId: '../x' },
  { roles: [] },
  { roles: ['root'] },
  { roles: ['agent', 'root'] },
  { roles: 'agent' },
  { sub: '' },
  { sub: 'a\0b' },
  { sub: 7 },
  { exp: undefined },
  { exp: '2000000000' },
])('claims with %j are nobody’s', (change) => {
  expect(toPrincipal({ ...claims, ...change })).toBeNull();
});
