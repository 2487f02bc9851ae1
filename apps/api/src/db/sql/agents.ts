// Statements of agents over REST: people known from the tokens they used.
import type { Queryable } from '../database.js';

export interface AgentRow {
  id: string;
  name: string | null;
  roles: string[];
  firstSeenAt: Date;
  lastSeenAt: Date;
}

/** A page of the tenant's agents, by id. */
export async function selectAgents(
  db: Queryable,
  { tenantId, after, limit }: { tenantId: string; after: string | null; limit: number },
): Promise<AgentRow[]> {
  const { rows } = await db.query<AgentRow>(
    `select id, name, roles, first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt" from agents
     where tenant_id = $1 and ($2::text is null or id > $2) order by id limit $3`,
    [tenantId, after, limit],
  );
  return rows;
}
