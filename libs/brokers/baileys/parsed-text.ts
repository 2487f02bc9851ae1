// JSON inside a text of a payload: buttons and forms carry their parameters so.
import { isObject, objectOf, storableText, type JsonObject } from '../json.js';

const LONGEST = 65_536;

/** The object that the text claims to be; empty when it is none, or megabytes long. */
export function parsedText(json: unknown): JsonObject {
  if (typeof json !== 'string' || json.length > LONGEST) return {};
  try {
    // Escapes inside a text come to life here only: the body was checked before.
    return objectOf(json.includes('\\u') ? JSON.parse(json, storable) : JSON.parse(json));
  } catch {
    return {};
  }
}

function storable(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [storableText(key), child]));
}
