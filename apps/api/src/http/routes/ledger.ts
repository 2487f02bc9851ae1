// Proof and repair: the audit of the ledger, dead letters, "where is my message?".
import { REASONS, VERDICTS } from '@recado/contracts';
import { z } from 'zod';
import type { Principal } from '../../auth/tokens.js';
import { selectDeadLetterTenant, selectDeadLetters } from '../../db/sql/dead-letters.js';
import { selectLedgerAudit } from '../../db/sql/ledger.js';
import { RecadoError } from '../../errors.js';
import { redriveParked } from '../../ingest/redrive.js';
import { UNROUTED_TENANT } from '../../ingest/unrouted.js';
import { IdPlaceSchema, cutPage, decodeCursor } from '../cursor.js';
import { route } from '../route.js';
import { CursorSchema, IdParamsSchema, InstantSchema, LimitSchema, listOf } from '../schemas.js';
import { readSnapshot } from '../snapshot.js';
import { TraceSchema, traceMessage } from '../trace.js';

// PostgreSQL knows no year 0.
const DaySchema = z.iso.date().refine((day) => !day.startsWith('0000'), 'The calendar begins with the year 1.');

const AuditSchema = z.object({
  tenantId: z.string(),
  instanceId: z.string(),
  received: z.int().meta({ description: 'Items of the deliveries as they came in.' }),
  accepted: z.int(),
  duplicate: z.int(),
  ignored: z.int(),
  rejected: z.int(),
  parked: z.int(),
  unexplained: z.int().meta({ description: 'Received without a verdict; 0 or something was lost.' }),
});

const DeadLetterSchema = z.object({
  id: z.uuid(),
  tenantId: z.string(),
  instanceId: z.string(),
  kind: z.enum(['poison', 'unrouted']),
  reason: z.string(),
  error: z.string().nullable(),
  attempts: z.int(),
  event: z.unknown(),
  traceId: z.string(),
  receivedAt: InstantSchema,
  parkedAt: InstantSchema,
});

const VerdictSchema = z.object({
  verdict: z.enum(VERDICTS),
  reason: z.enum(REASONS),
  messageId: z.string().nullable(),
});

export const ledgerRoutes = [
  route({
    method: 'get',
    path: '/api/ledger/audit',
    roles: ['admin', 'operator'],
    summary:
      'What was received against what became of it, by instance; UTC days, both included. Operators see all tenants.',
    query: z.object({ from: DaySchema.optional(), to: DaySchema.optional() }),
    response: { status: 200, schema: listOf(AuditSchema) },
    handler: (ctx, { principal, query }) =>
      readSnapshot(ctx.db, principal.tenantId, async (client) => {
        const today = new Date().toISOString().slice(0, 10);
        const tenantId = isOperator(principal) ? null : principal.tenantId;
        const { from = today, to = today } = query;
        const rows = await selectLedgerAudit(client, { tenantId, from, to });
        const data = rows.map((row) => {
          const explained = row.accepted + row.duplicate + row.ignored + row.rejected + row.parked;
          return { ...row, unexplained: row.received - explained };
        });
        return { data, nextCursor: null };
      }),
  }),
  route({
    method: 'get',
    path: '/api/dead-letters',
    roles: ['admin', 'operator'],
    summary: 'Items that wait for a person, newest first. Operators also see what came for no known instance.',
    query: z.object({ limit: LimitSchema, cursor: CursorSchema.optional() }),
    response: { status: 200, schema: listOf(DeadLetterSchema) },
    errors: ['CURSOR_INVALID'],
    async handler(ctx, { principal, query }) {
      const before = query.cursor === undefined ? null : decodeCursor(IdPlaceSchema, query.cursor)[0];
      return readSnapshot(ctx.db, principal.tenantId, async (client) => {
        const tenantIds = tenantsOf(principal);
        const rows = await selectDeadLetters(client, { tenantIds, before, limit: query.limit + 1 });
        const { page, nextCursor } = cutPage(rows, query.limit, (row) => [row.id]);
        return { data: page, nextCursor };
      });
    },
  }),
  route({
    method: 'post',
    path: '/api/dead-letters/:id/redrive',
    roles: ['admin', 'operator'],
    summary: 'Tries a dead letter again and tells what became of it.',
    params: IdParamsSchema,
    response: { status: 200, schema: VerdictSchema },
    async handler(ctx, { principal, traceId, params: { id } }) {
      const tenantId = await selectDeadLetterTenant(ctx.db.pool, { tenantIds: tenantsOf(principal), id });
      if (tenantId === null) throw new RecadoError('NOT_FOUND');
      return redriveParked(ctx, { tenantId, id, actor: principal.sub, traceId });
    },
  }),
  route({
    method: 'get',
    path: '/api/trace/:id',
    roles: ['admin'],
    summary: 'Where is my message? By broker id, message id or trace id.',
    params: z.object({ id: z.string().min(1).max(512) }),
    response: { status: 200, schema: TraceSchema },
    handler: (ctx, { principal: { tenantId }, params: { id } }) => traceMessage(ctx.db, { tenantId, id }),
  }),
];

function isOperator(principal: Principal): boolean {
  return principal.roles.includes('operator');
}

function tenantsOf(principal: Principal): string[] {
  return isOperator(principal) ? [principal.tenantId, UNROUTED_TENANT] : [principal.tenantId];
}
