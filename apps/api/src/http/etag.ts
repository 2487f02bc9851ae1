// Optional optimistic locking: the ETag is the instant of the last change.
import { RecadoError } from '../errors.js';

/** A strong ETag of a row. */
export function etagOf(updatedAt: Date): string {
  return `"${updatedAt.toISOString()}"`;
}

/** Throws PRECONDITION_FAILED when If-Match is given and names another state. */
export function assertMatch(ifMatch: string | undefined, updatedAt: Date): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const named = ifMatch.split(',').map((tag) => tag.trim());
  if (!named.includes(etagOf(updatedAt))) throw new RecadoError('PRECONDITION_FAILED');
}
