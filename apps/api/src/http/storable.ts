// Text that PostgreSQL refuses is refused at the door: NUL and lone surrogates.
import { RecadoError } from '../errors.js';

const UNSTORABLE = /[\0\p{Surrogate}]/u;

/** Throws VALIDATION_FAILED naming the first string, or key, that cannot be stored. */
export function assertStorable(value: unknown, path = ''): void {
  if (typeof value === 'string') {
    if (UNSTORABLE.test(value)) throw unstorable(path);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    value.forEach((child, place) => {
      // No path is written for what needs none: lists may be long.
      if (typeof child === 'string' ? UNSTORABLE.test(child) : typeof child === 'object') {
        assertStorable(child, path === '' ? String(place) : `${path}.${place}`);
      }
    });
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    if (UNSTORABLE.test(key)) throw unstorable(path);
    assertStorable(child, path === '' ? key : `${path}.${key}`);
  }
}

/** Whether a text can be stored as it is. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

function unstorable(path: string): RecadoError {
  const details = [{ path, code: 'unstorable_text', message: 'NUL and lone surrogates cannot be stored.' }];
  return new RecadoError('VALIDATION_FAILED', { details });
}
