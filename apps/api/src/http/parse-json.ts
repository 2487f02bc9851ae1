// JSON bodies into values: the guards first, then JSON.parse, then prototypes dropped.
import sjson from 'secure-json-parse';
import { RecadoError } from '../errors.js';
import { assertDepth } from './json-depth.js';

/** Parses a body. `__proto__` and `constructor.prototype` are dropped. Throws BODY_TOO_DEEP or BODY_INVALID. */
export function parseJson(bytes: Buffer, text = bytes.toString('utf8')): unknown {
  assertDepth(bytes);
  return parseText(text);
}

/** The same of a text whose depth is known; `finish` is given what was parsed. */
export function parseText(text: string, finish: (value: unknown, text: string) => unknown = (value) => value): unknown {
  let value: unknown;
  try {
    value = sjson.parse(text, undefined, { protoAction: 'remove', constructorAction: 'remove' });
  } catch (cause) {
    throw new RecadoError('BODY_INVALID', { cause });
  }
  return finish(value, text);
}
