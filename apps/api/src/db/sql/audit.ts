// The audit log: who did what.
import { newId } from '../../ids.js';
import type { Queryable } from '../database.js';

/** One act. `action` is a dotted name such as `ticket.updated`; `details` holds no secret. */
export interface AuditRow {
  tenantId: string;
  actor: string;
  action: string;
  subject: string;
  details?: Record<string, unknown>;
  traceId: string;
}

/** Writes an act down, in the transaction that does it. */
export async function insertAudit(client: Queryable, row: AuditRow): Promise<void> {
  await client.query(
    'insert into audit_log (tenant_id, id, actor, action, subject, details, trace_id) values ($1, $2, $3, $4, $5, $6::jsonb, $7)',
    [row.tenantId, newId(), row.actor, row.action, row.subject, JSON.stringify(row.details ?? {}), row.traceId],
  );
}
