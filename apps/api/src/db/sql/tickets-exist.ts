// Whether a tenant has a ticket: what a socket asks before it joins that ticket's room.
import type { Queryable } from '../database.js';

/** False for an unknown or a foreign ticket alike. `ticketId` must be a uuid. */
export async function selectTicketExists(db: Queryable, tenantId: string, ticketId: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'ticket_exists',
    text: 'select 1 from tickets where tenant_id = $1 and id = $2',
    values: [tenantId, ticketId],
  });
  return rowCount === 1;
}
