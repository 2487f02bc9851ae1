// Socket tickets and the revocation of tokens.
import { z } from 'zod';
import { ROLES } from '../../auth/tokens.js';
import { insertAudit } from '../../db/sql/audit.js';
import { RecadoError } from '../../errors.js';
import { route } from '../route.js';
import { InstantSchema } from '../schemas.js';

export const authRoutes = [
  route({
    method: 'post',
    path: '/api/ws-ticket',
    roles: ROLES,
    summary: 'A single-use ticket for a socket’s `?token=`, good for 60 seconds, so that no token stands in a URL.',
    response: { status: 201, schema: z.object({ ticket: z.string(), expiresAt: InstantSchema }) },
    handler: (ctx, { principal }) => ctx.tokens.issueTicket(principal),
  }),
  route({
    method: 'post',
    path: '/api/auth/revoke',
    roles: ROLES,
    summary: 'Revokes a token by its jti: one’s own, or any of the tenant for an admin. Its live sockets close.',
    body: z.strictObject({ jti: z.string().min(1).max(200) }),
    response: { status: 200, schema: z.object({ revoked: z.literal(true) }) },
    async handler(ctx, { principal, traceId, body: { jti } }) {
      const { tenantId, sub: actor } = principal;
      if (jti !== principal.jti && !principal.roles.includes('admin')) throw new RecadoError('FORBIDDEN');
      await ctx.tokens.revoke(tenantId, jti, jti === principal.jti ? principal.exp : undefined);
      await insertAudit(ctx.db.pool, { tenantId, actor, action: 'token.revoked', subject: jti, traceId });
      return { revoked: true };
    },
  }),
];
