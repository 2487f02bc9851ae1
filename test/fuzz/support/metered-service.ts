// The real service in a process of its own, with a meter on its event loop and hands for its doors.
import { signToken } from '../../../apps/api/dist/auth/sign.js';
import type { TokenClaims } from '../../../apps/api/dist/auth/sign.js';
import { makeReadyHome } from '../../faults/support/ready-home.js';
import { readyUrl, run } from '../../support/process.js';

const METER = './test/fuzz/support/stall-meter.mjs';
const SECRET = 'a-secret-of-the-fuzz-tests-0123456789abcdef';
export const WEBHOOK_KEY = 'the-key-of-the-fuzz-tests';

/** Milliseconds the event loop stood still at most, bytes of memory. `ownMs` leaves out what other processes took. */
export interface Stall {
  loopDelayMs: number;
  wallMs: number;
  ownMs: number;
  rss: number;
  heapUsed: number;
}

export interface Answered {
  status: number;
  headers: Headers;
  text: string;
}

export interface MeteredService extends AsyncDisposable {
  url: string;
  /** The worst since it was asked last. */
  stall(): Promise<Stall>;
  token(claims?: Partial<TokenClaims>): Promise<string>;
  /** A delivery to the shared door, or to `path`. Fails when no answer comes. */
  post(
    body: string | Uint8Array<ArrayBuffer>,
    options?: { path?: string; headers?: Record<string, string> },
  ): Promise<Answered>;
  request(path: string, init?: RequestInit): Promise<Answered>;
  /** Lines it logged as errors: there should be none. */
  errors(): string[];
}

/** Starts one for this run's database. */
export async function startMetered(env: Record<string, string> = {}): Promise<MeteredService> {
  const home = await makeReadyHome();
  const service = run(process.execPath, ['--import', METER, 'apps/api/dist/main.js'], {
    PORT: '0',
    JWT_SECRET: SECRET,
    WHATSAPP_WEBHOOK_API_KEY: WEBHOOK_KEY,
    TRUST_PROXY: '1',
    ...home.env,
    ...env,
  });
  const url = await readyUrl(service);
  let read = 0;
  let asked = 0;

  async function stall(): Promise<Stall> {
    asked += 1;
    service.child.kill('SIGUSR2');
    const [line] = await service.says(new RegExp(`^\\{"msg":"stall","n":${asked},.*$`, 'm'));
    return JSON.parse(line) as Stall;
  }
  async function request(path: string, init?: RequestInit): Promise<Answered> {
    const response = await fetch(url + path, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
  await stall();
  return {
    url,
    stall,
    request,
    token: (claims = {}) =>
      signToken(new TextEncoder().encode(SECRET), { sub: 'agent-1', tenantId: 'demo', roles: ['agent'], ...claims }),
    post: (body, { path = '/api/webhooks/whatsapp', headers = {} } = {}) =>
      request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': WEBHOOK_KEY, ...headers },
        body,
      }),
    errors() {
      const lines = linesOf(service.stdout(), /"level":(?:50|60|"error"|"fatal")/);
      const fresh = lines.slice(read);
      read = lines.length;
      return fresh;
    },
    async [Symbol.asyncDispose]() {
      await service.stop();
      await home[Symbol.asyncDispose]();
    },
  };
}

function linesOf(text: string, holding: string | RegExp): string[] {
  return text.split('\n').filter((line) => (typeof holding === 'string' ? line.includes(holding) : holding.test(line)));
}
