// Statements about tokens: known tenants, revocations, single-use WebSocket tickets, and the agents they make known.
import type { Queryable } from '../database.js';

/** A revoked jti. `expiresAt` in epoch ms, null when the token's own expiry is not known. */
export interface RevokedRow {
  tenantId: string;
  jti: string;
  expiresAt: number | null;
}

export async function selectTenantExists(db: Queryable, tenantId: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'tenant_exists',
    text: 'select 1 from tenants where id = $1',
    values: [tenantId],
  });
  return rowCount === 1;
}

/** Revocations of the last `seconds`, or all of them; those of tokens that have expired anyway are left out. */
export async function selectRevoked(db: Queryable, seconds: number | null): Promise<RevokedRow[]> {
  const { rows } = await db.query<RevokedRow>({
    name: 'revoked_since',
    text: `select tenant_id as "tenantId", jti,
             case when isfinite(expires_at) then (extract(epoch from expires_at) * 1000)::float8 end as "expiresAt"
           from revoked_tokens
           where expires_at > now() and ($1::int is null or revoked_at > now() - make_interval(secs => $1::int))`,
    values: [seconds],
  });
  return rows;
}

/** Revokes a jti. An unknown expiry (null) is kept for ever. Revoking twice keeps the later expiry. */
export async function insertRevoked(db: Queryable, row: RevokedRow): Promise<void> {
  await db.query({
    name: 'revoke',
    text: `insert into revoked_tokens (tenant_id, jti, expires_at)
           values ($1, $2, case when $3::float8 is null then 'infinity'::timestamptz else to_timestamp($3::float8 / 1000) end)
           on conflict (tenant_id, jti) do update set expires_at = greatest(revoked_tokens.expires_at, excluded.expires_at)`,
    values: [row.tenantId, row.jti, row.expiresAt],
  });
}

/** Keeps a ticket under its hash. `expiresAt` in epoch ms. */
export async function insertTicket(
  db: Queryable,
  ticket: { tenantId: string; hash: Buffer; claims: unknown; expiresAt: number },
): Promise<void> {
  await db.query({
    name: 'ticket_issue',
    text: 'insert into ws_tickets (tenant_id, hash, claims, expires_at) values ($1, $2, $3::jsonb, to_timestamp($4::float8 / 1000))',
    values: [ticket.tenantId, ticket.hash, JSON.stringify(ticket.claims), ticket.expiresAt],
  });
}

/** Takes a ticket: the row is gone afterwards, so of two takers one gets null. `expiresAt` in epoch ms. */
export async function deleteTicket(
  db: Queryable,
  hash: Buffer,
): Promise<{ claims: unknown; expiresAt: number } | null> {
  const { rows } = await db.query<{ claims: unknown; expiresAt: number }>({
    name: 'ticket_take',
    text: `delete from ws_tickets where hash = $1
           returning claims, (extract(epoch from expires_at) * 1000)::float8 as "expiresAt"`,
    values: [hash],
  });
  return rows[0] ?? null;
}

/** Makes an agent known, or renews when it was last seen. */
export async function upsertAgent(
  db: Queryable,
  agent: { tenantId: string; id: string; name: string | null; roles: readonly string[] },
): Promise<void> {
  await db.query({
    name: 'agent_seen',
    text: `insert into agents (tenant_id, id, name, roles) values ($1, $2, $3, $4::text[])
           on conflict (tenant_id, id) do update
           set name = coalesce(excluded.name, agents.name), roles = excluded.roles, last_seen_at = now()`,
    values: [agent.tenantId, agent.id, agent.name, [...agent.roles]],
  });
}
