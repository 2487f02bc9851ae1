// Hands for the tests of the webhook doors: every request from an address of its own, with no credential but what it brings.
import { bootWebhooks, envelope } from './webhook-rig.js';

export const SHARED = ['/api/webhooks/whatsapp', '/api/integrations/whatsapp/webhook'];
export const KEY = 'installation-key-0123456789abcdef';
export const VERIFY = 'verify-me';

export type Headers = Record<string, string>;
export type DoorRig = Awaited<ReturnType<typeof bootDoors>>;

let addresses = 0;

export function freshAddress(): string {
  addresses += 1;
  return `10.1.${addresses >> 8}.${addresses & 255}`;
}

/** A contract event for the instance, as the text that is posted. */
export function body(instanceId = 'demo'): string {
  return JSON.stringify(envelope({ instanceId }));
}

/** A service whose installation has a key, a signature secret and a verify token. */
export async function bootDoors() {
  const rig = await bootWebhooks({
    webhook: { apiKey: KEY, hmacSecrets: ['installation-hmac-secret'], verifyToken: VERIFY, maxBodyBytes: 4_194_304 },
  });
  /** Posts from an address of its own, with these headers and no others. */
  async function post(path: string, content: string | Uint8Array, headers: Headers = {}, address = freshAddress()) {
    const response = await fetch(rig.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address, ...headers },
      body: content,
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  }
  return { ...rig, post };
}
