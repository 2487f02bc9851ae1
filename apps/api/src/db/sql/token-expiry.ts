// Statements that forget tickets and revocations whose tokens have expired.
import type { Queryable } from '../database.js';

/** Deletes WebSocket tickets that expired before `now`. Returns how many. */
export async function deleteExpiredTickets(db: Queryable, now: Date): Promise<number> {
  const { rowCount } = await db.query('delete from ws_tickets where expires_at < $1', [now]);
  return rowCount ?? 0;
}

/** Deletes revocations of tokens that expired before `now`. Returns how many. */
export async function deleteExpiredRevocations(db: Queryable, now: Date): Promise<number> {
  const { rowCount } = await db.query('delete from revoked_tokens where expires_at < $1', [now]);
  return rowCount ?? 0;
}
