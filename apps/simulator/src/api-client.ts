// The service's REST API as this simulator calls it: JSON in, checked JSON out, patient with a service that is away.
import type { z } from 'zod';

/** What came back; `body` is parsed JSON, or text when it is none. */
export interface Answer {
  status: number;
  body: unknown;
}

/** Calls one service with one token. */
export interface ApiClient {
  get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>>;
  send(method: 'POST' | 'PATCH', path: string, body: unknown): Promise<Answer>;
}

const TRIES = 30;
const PAUSE_MS = 500;

/** A client whose reads are repeated for a quarter of a minute while the service is away. */
export function createApiClient(url: string, token: string): ApiClient {
  async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(url + path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: parseOr(await response.text()) };
  }
  return {
    async get(path, schema) {
      const { status, body } = await patiently(() => ask('GET', path));
      if (status !== 200) throw new Error(`GET ${path} was answered with ${status}: ${describe(body)}`);
      return schema.parse(body);
    },
    send: ask,
  };
}

async function patiently(call: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await call();
      if (answer.status < 500 || attempt >= TRIES) return answer;
    } catch (error) {
      if (attempt >= TRIES) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A failed answer for people: the service's own sentence where there is one. */
export function describe(body: unknown): string {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : body;
  const text = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return (typeof text === 'string' ? text : JSON.stringify(text)).slice(0, 300);
}
