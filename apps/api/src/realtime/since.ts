// The cursor a screen comes back with: `<epoch>:<seq>`, and whether its stream can go on from there.
import type { LogPosition } from '../events/entry.js';

/** The parsed cursor, or null when it is malformed. */
export function parseSince(since: unknown): { epoch: string; seq: number } | null {
  if (typeof since !== 'string') return null;
  const match = /^([^:]{1,100}):(0|[1-9]\d{0,14})$/.exec(since);
  return match?.[1] ? { epoch: match[1], seq: Number(match[2]) } : null;
}

/** The seq to replay after, or null when only a resync helps: malformed, another epoch, older than the floor, ahead of the head. */
export function resumeAfter(since: unknown, position: LogPosition): number | null {
  const cursor = parseSince(since);
  if (!cursor || cursor.epoch !== position.epoch) return null;
  return cursor.seq >= position.floor && cursor.seq <= position.head ? cursor.seq : null;
}
