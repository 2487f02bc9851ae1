// Every field of every declared route, read from the routes themselves: a new route is spoiled without a line here.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { GoodRequest } from './door-world.js';
import { wellFormed } from './naughty-strings.js';
import { ROUTES } from '../../../apps/api/dist/http/routes/index.js';

type Json = Record<string, unknown>;

/** A request as it is sent; `role` is whose token goes with it. */
export interface DoorRequest {
  role: string;
  path: string;
  method: string;
  body?: string;
}

/** One place where a string can be put. */
export interface DoorField {
  name: string;
  request: (text: string, good: GoodRequest) => DoorRequest;
}

/** A declared route, with its fields. */
export interface Door {
  name: string;
  /** The request with nothing spoiled in it. */
  request: (good: GoodRequest) => DoorRequest;
  /** Fields of paths, queries and bodies, each with the rest of its request as it should be. */
  fields: DoorField[];
}

/** Every declared route. */
export function doors(): Door[] {
  return ROUTES.map(({ method, path, roles, params, query, body }) => {
    const [inPath, inQuery, inBody] = [params, query, body].map((schema) =>
      schema ? exampleOf(toJsonSchema(schema)) : {},
    ) as [Json, Json, Json];
    const verb = method.toUpperCase();
    const name = `${verb} ${path}`;

    function write(good: GoodRequest, spoil: (parts: Required<Omit<GoodRequest, 'role'>>) => void): DoorRequest {
      const parts = { params: { ...inPath, ...good.params }, query: { ...good.query }, body: bodyOf(good) };
      spoil(parts);
      const search = Object.entries(parts.query).map(([key, value]) => `${encode(key)}=${encode(String(value))}`);
      return {
        role: good.role ?? roles[0] ?? 'agent',
        method: verb,
        path:
          path.replaceAll(/:(\w+)/g, (_, key: string) => encode(String(parts.params[key]))) +
          (search.length > 0 ? `?${search.join('&')}` : ''),
        ...(body && { body: JSON.stringify(parts.body) }),
      };
    }
    function bodyOf(good: GoodRequest): Json {
      return { ...inBody, ...good.body };
    }

    const fields: DoorField[] = [
      ...Object.keys(inPath).map((key) => ({
        name: `${name} path ${key}`,
        request: (text: string, good: GoodRequest) => write(good, (parts) => void (parts.params[key] = text)),
      })),
      ...Object.keys(inQuery).map((key) => ({
        name: `${name} query ${key}`,
        request: (text: string, good: GoodRequest) => write(good, (parts) => void (parts.query[key] = text)),
      })),
      ...(body ? leavesOf(inBody) : []).map((place) => ({
        name: `${name} body ${place.join('.')}`,
        request: (text: string, good: GoodRequest) =>
          write(good, (parts) => void (parts.body = putAt(parts.body, place, text) as Json)),
      })),
    ];
    return { name, fields, request: (good) => write(good, () => {}) };
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
  if (schema['format'] === 'date') return '2026-01-01';
  return 'example'.padEnd(Number(schema['minLength'] ?? 0), 'x');
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
