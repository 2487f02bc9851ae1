// Forgets WebSocket tickets and revocations once the tokens they stand for have expired.
import { deleteExpiredRevocations, deleteExpiredTickets } from '../db/sql/token-expiry.js';
import type { Job } from './job.js';

export const forgetTokens: Job = {
  name: 'forget-tokens',
  everyMinutes: 10,
  async run({ db, now }) {
    return {
      tickets: await deleteExpiredTickets(db.pool, now),
      revocations: await deleteExpiredRevocations(db.pool, now),
    };
  },
};
