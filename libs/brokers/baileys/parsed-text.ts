// JSON inside a text of a payload: buttons and forms carry their parameters so.
import { objectOf, type JsonObject } from '../json.js';

const LONGEST = 65_536;

/** The object that the text claims to be; empty when it is none, or megabytes long. */
export function parsedText(json: unknown): JsonObject {
  if (typeof json !== 'string' || json.length > LONGEST) return {};
  try {
    return objectOf(JSON.parse(json));
  } catch {
    return {};
  }
}
