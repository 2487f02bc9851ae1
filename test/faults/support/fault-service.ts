// The service as a process of its own that an experiment may kill, with keys that stay the same when it is started again.
import { randomBytes } from 'node:crypto';
import { signToken } from '../../../apps/api/dist/auth/sign.js';
import type { TokenClaims } from '../../../apps/api/dist/auth/sign.js';
import { readyUrl, run } from '../../support/process.js';
import type { Home, RunningProcess } from '../../support/process.js';

const JWT_SECRET = randomBytes(32).toString('hex');
export const WEBHOOK_KEY = randomBytes(32).toString('hex');

/** A process that is ready. `readyMs`: from its start until it said so. */
export interface FaultService extends AsyncDisposable {
  url: string;
  port: number;
  process: RunningProcess;
  pid: number;
  readyMs: number;
}

export interface FaultServiceOptions {
  home: Pick<Home, 'env'>;
  env?: Record<string, string>;
  /** Keeps the address over a restart; a free one unless given. */
  port?: number;
  /** Where it fails (`failing-service.mjs`); without one it is the service's own main. */
  failpoint?: string;
}

/** Starts the service on a home and waits until it is ready. Disposing kills it. */
export async function startFaultService({
  home,
  env = {},
  port = 0,
  failpoint,
}: FaultServiceOptions): Promise<FaultService> {
  const from = performance.now();
  const main = failpoint === undefined ? 'apps/api/dist/main.js' : 'test/faults/support/failing-service.mjs';
  const running = run(process.execPath, [main], {
    PORT: String(port),
    JWT_SECRET,
    WHATSAPP_WEBHOOK_API_KEY: WEBHOOK_KEY,
    ...(failpoint !== undefined && { FAILPOINT: failpoint }),
    ...home.env,
    ...env,
  });
  const url = await readyUrl(running);
  return {
    url,
    port: Number(new URL(url).port),
    process: running,
    pid: running.child.pid ?? 0,
    readyMs: performance.now() - from,
    async [Symbol.asyncDispose]() {
      await running.stop('SIGKILL');
    },
  };
}

/** A token for any service started here; an agent of tenant `demo` unless told otherwise. */
export function tokenFor(claims: Partial<TokenClaims> = {}): Promise<string> {
  return signToken(Buffer.from(JWT_SECRET), { sub: 'agent-1', tenantId: 'demo', roles: ['agent'], ...claims });
}

/** Makes tenants, each with a canonical instance of the same name. */
export async function provision(url: string, tenantIds: readonly string[]): Promise<void> {
  const operator = await tokenFor({ tenantId: undefined, roles: ['operator'] });
  for (const tenantId of tenantIds) {
    await post(`${url}/api/tenants`, operator, { id: tenantId, name: tenantId });
    const admin = await tokenFor({ tenantId, roles: ['admin'] });
    await post(`${url}/api/whatsapp/instances`, admin, { instanceId: tenantId, broker: 'canonical' });
  }
}

async function post(url: string, token: string, body: object): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (answer.status !== 201) throw new Error(`${url} was answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}
