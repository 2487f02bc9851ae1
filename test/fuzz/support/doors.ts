// Every field of every declared route, read from the routes themselves: a new route is spoiled without a line here.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { wellFormed } from './naughty-strings.js';
import { ROUTES } from '../../../apps/api/dist/http/routes/index.js';

type Json = Record<string, unknown>;

/** One place where a string can be put. */
export interface DoorField {
  name: string;
  role: string;
  request: (text: string) => { path: string; method: string; body?: string };
}

/** Fields of paths, queries and bodies, each with the rest of its request as it should be. */
export function doorFields(): DoorField[] {
  return ROUTES.flatMap(({ method, path, roles, params, query, body }) => {
    const role = roles[0] ?? 'agent';
    const [inPath, inQuery, inBody] = [params, query, body].map((schema) =>
      schema ? exampleOf(toJsonSchema(schema)) : {},
    ) as [Json, Json, unknown];
    const verb = method.toUpperCase();
    const write = (value: unknown) => (body ? { body: JSON.stringify(value) } : {});
    const at = (from: Json, search: string) =>
      path.replaceAll(/:(\w+)/g, (_, key: string) => encode(String(from[key]))) + search;
    const name = `${verb} ${path}`;
    return [
      ...Object.keys(inPath).map((key) => ({
        name: `${name} path ${key}`,
        role,
        request: (text: string) => ({ method: verb, path: at({ ...inPath, [key]: text }, ''), ...write(inBody) }),
      })),
      ...Object.keys(inQuery).map((key) => ({
        name: `${name} query ${key}`,
        role,
        request: (text: string) => ({
          method: verb,
          path: at(inPath, `?${encode(key)}=${encode(text)}`),
          ...write(inBody),
        }),
      })),
      ...(body ? leavesOf(inBody) : []).map((place) => ({
        name: `${name} body ${place.join('.')}`,
        role,
        request: (text: string) => ({ method: verb, path: at(inPath, ''), ...write(putAt(inBody, place, text)) }),
      })),
    ];
  });
}

/** Percent-encoding that takes what `encodeURIComponent` throws at. */
function encode(text: string): string {
  return encodeURIComponent(wellFormed(text));
}

function toJsonSchema(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}

/** A value that the schema would take, with every optional part in it. */
function exampleOf(schema: Json): unknown {
  const [first] = [schema['anyOf'], schema['oneOf'], schema['allOf']].filter(Array.isArray).flat() as Json[];
  if (first) return exampleOf(first);
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  if (schema['type'] === 'array') {
    const items = Array.isArray(schema['prefixItems'])
      ? (schema['prefixItems'] as Json[])
      : [(schema['items'] ?? {}) as Json];
    return items.map(exampleOf);
  }
  if (schema['type'] === 'object') {
    const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Json>);
    const example = Object.fromEntries(properties.map(([key, one]) => [key, exampleOf(one)]));
    return schema['additionalProperties'] && properties.length === 0 ? { any: 'x' } : example;
  }
  if (schema['type'] === 'integer' || schema['type'] === 'number') return schema['minimum'] ?? 1;
  if (schema['type'] === 'boolean') return false;
  if (schema['format'] === 'uuid') return randomUUID();
  if (schema['format'] === 'uri') return 'https://example.com';
  return schema['format'] === 'date' ? '2026-01-01' : 'example';
}

/** Paths to every value of the example, and to a key that nobody knows. */
function leavesOf(value: unknown, before: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [before];
  const inside = Object.keys(value).flatMap((key) => leavesOf((value as Json)[key], [...before, key]));
  return [...inside, before.length > 0 ? before : ['unknown']];
}

function putAt(value: unknown, [key, ...rest]: string[], text: string): unknown {
  if (key === undefined) return text;
  if (Array.isArray(value))
    return value.map((item: unknown, n) => (String(n) === key ? putAt(item, rest, text) : item));
  return { ...(value as Json), [key]: putAt((value as Json)[key] ?? {}, rest, text) };
}
