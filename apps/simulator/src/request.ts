// One HTTP POST over kept-alive connections, and what its answer means to a broker.
import { createHmac } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Place } from './world.js';

/** What came of an attempt; `status` is null when no answer came, and then the delivery may be stored or not. */
export interface Attempt {
  status: number | null;
  body: string;
  retryAfterMs: number | null;
}

/** Posts bodies to one service. */
export interface Poster extends Disposable {
  post(delivery: { path: string; body: string; place: Place }): Promise<Attempt>;
}

const LONGEST_ANSWER = 64 * 1024;

/** A poster with at most so many connections. An answer that takes longer than `timeoutMs` is none. */
export function createPoster({
  url,
  connections,
  timeoutMs,
}: {
  url: string;
  connections: number;
  timeoutMs: number;
}): Poster {
  const isSecure = url.startsWith('https:');
  const agent = new (isSecure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: connections });
  const send = isSecure ? httpsRequest : httpRequest;
  return {
    post({ path, body, place }) {
      const bytes = Buffer.from(body);
      const headers = {
        'content-type': 'application/json',
        'content-length': bytes.length,
        ...credentialHeaders(place, bytes),
      };
      return new Promise((resolve) => {
        const nothing = () => resolve({ status: null, body: '', retryAfterMs: null });
        const request = send(url + path, { method: 'POST', agent, headers }, (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            if (text.length < LONGEST_ANSWER) text += chunk;
          });
          response.on('error', nothing);
          response.on('end', () => {
            const retryAfter = Number(response.headers['retry-after']);
            const retryAfterMs = Number.isFinite(retryAfter) ? retryAfter * 1_000 : null;
            resolve({ status: response.statusCode ?? null, body: text, retryAfterMs });
          });
        });
        const timer = setTimeout(() => request.destroy(), timeoutMs);
        request.on('error', nothing);
        // Also when the answer is cut off in the middle: then nothing that was read of it counts.
        request.on('close', () => {
          clearTimeout(timer);
          nothing();
        });
        request.end(bytes);
      });
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

function credentialHeaders({ credential }: Place, bytes: Buffer): Record<string, string> {
  if ('apiKey' in credential) return { 'x-api-key': credential.apiKey };
  const signature = createHmac('sha256', credential.hmacSecret).update(bytes).digest('hex');
  return { 'x-webhook-signature': `sha256=${signature}` };
}
