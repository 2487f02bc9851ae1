// The claims of a token, as a schema (DESIGN 8): what a verified signature still has to say before anybody is let in.
import { z } from 'zod';
import type { Principal } from './tokens.js';
import { ROLES } from './tokens.js';

/** Where an operator without a tenant of its own stands. */
export const OPERATOR_TENANT = '_unrouted';

/** The end of the year 9999: further than any column or timer has to reach. */
const LAST_SECOND = 253_402_300_799;

const text = z
  .string()
  .min(1)
  .max(200)
  // What a database column or a JSON column would refuse.
  .refine((value) => !/[\0\p{Surrogate}]/u.test(value));

/** Claims of DESIGN 8. `exp` in epoch seconds; only an operator may leave `tenantId` out. */
export const ClaimsSchema = z
  .object({
    sub: text,
    tenantId: z
      .string()
      .regex(/^[a-z0-9_][a-z0-9_-]{0,62}$/)
      .optional(),
    roles: z.array(z.enum(ROLES)).min(1).max(ROLES.length),
    exp: z
      .number()
      .int()
      .positive()
      .transform((exp) => Math.min(exp, LAST_SECOND)),
    jti: text.nullish(),
    name: text.nullish(),
  })
  .refine((claims) => claims.tenantId !== undefined || claims.roles.includes('operator'), { path: ['tenantId'] });

/** A principal from claims, or null when they are not ours. */
export function toPrincipal(claims: unknown): Principal | null {
  const parsed = ClaimsSchema.safeParse(claims);
  if (!parsed.success) return null;
  const { sub, tenantId = OPERATOR_TENANT, roles, exp, jti, name } = parsed.data;
  return { tenantId, sub, roles: [...new Set(roles)], name: name ?? null, jti: jti ?? null, exp };
}
