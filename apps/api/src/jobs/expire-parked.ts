// Gives up on early changes whose message never came: after seven days they are `ignored/orphan` (DESIGN 2).
import { expireParkedEvents } from '../db/sql/parked-expiry.js';
import { inPortions } from './portions.js';
import type { Job } from './job.js';

export const expireParked: Job = {
  name: 'expire-parked',
  everyMinutes: 10,
  async run({ db, now, signal }) {
    return {
      expired: await inPortions({ signal, portion: 500, take: (limit) => expireParkedEvents(db.pool, now, limit) }),
    };
  },
};
