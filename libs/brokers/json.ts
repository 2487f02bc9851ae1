// Reading values of unknown JSON: each function answers null instead of guessing.
import { numberOfLong } from '@recado/contracts';

export type JsonObject = Record<string, unknown>;

const LONGEST_ID = 512;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object, or an empty one. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** Any string, '' included. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A string with something in it, trimmed; a number by its digits. Ids and addresses come either way. */
export function nameOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' ? null : text;
}

/** Half a character and NUL, which no database takes as text, each replaced: what is decoded or cut here was not in the body that was checked. */
export function storableText(text: string): string {
  return text.replace(/\p{Surrogate}|\0/gu, '\uFFFD');
}

/** The beginning of a text, never half a character. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

/** A name as `nameOf` reads it, cut to a length. */
export function shortName(value: unknown, length: number): string | null {
  const name = nameOf(value);
  return name === null ? null : cut(name, length);
}

/** An id as ids are: short enough to be indexed. */
export function idOf(value: unknown): string | null {
  const id = nameOf(value);
  return id === null || id.length > LONGEST_ID ? null : id;
}

/** The first of the values that is a name. */
export function firstName(...values: unknown[]): string | null {
  for (const value of values) {
    const name = nameOf(value);
    if (name !== null) return name;
  }
  return null;
}

/** A flag as gateways spell it: true, 1, '1', 'true'; null when the value says nothing. */
export function flagOf(value: unknown): boolean | null {
  if (value === true || value === 1 || value === 'true' || value === '1') return true;
  if (value === false || value === 0 || value === 'false' || value === '0') return false;
  return null;
}

/** A finite number from a number, a numeric string (decimal comma too) or a Long. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string') return numberOfText(value.trim());
  return numberOfLong(value);
}

/** A count or a size: a whole number, not negative, exact. */
export function countOf(value: unknown): number | null {
  const number = numberOf(value);
  if (number === null || number < 0 || number > Number.MAX_SAFE_INTEGER) return null;
  return Math.trunc(number);
}

/** The objects of a list; a single object counts as a list of one. */
export function objectsOf(value: unknown): JsonObject[] {
  if (Array.isArray(value)) return value.filter(isObject);
  return isObject(value) ? [value] : [];
}

function numberOfText(text: string): number | null {
  if (text.length > 40 || !/^[+-]?\d+(?:[.,]\d+)?$/.test(text)) return null;
  return Number(text.replace(',', '.'));
}
