// Moves each log's floor past the events older than EVENTS_RETENTION_DAYS, then deletes what lies below it.
import { deleteBelowFloor, raiseFloors } from '../db/sql/retention.js';
import type { Job } from './job.js';
import { inPortions } from './portions.js';

const DAY_MS = 86_400_000;

export const retainEvents: Job = {
  name: 'retain-events',
  everyMinutes: 60,
  async run({ config, db, now, signal }) {
    const oldest = new Date(now.getTime() - config.eventsRetentionDays * DAY_MS);
    // Floors first and in a commit of their own: a reader that finds rows missing finds the floor that explains it.
    const floors = await raiseFloors(db.pool, oldest);
    const events = await inPortions({ signal, portion: 2000, take: (limit) => deleteBelowFloor(db.pool, limit) });
    return { floors, events };
  },
};
