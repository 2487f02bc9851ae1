// The tenants and instances a run writes to: made through the API, with credentials of their own.
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { createApiClient, describe, type ApiClient } from './api-client.js';
import { worldName, type Dials } from './dials.js';
import { placeNames } from './traffic/traffic.js';

/** Signs a token for the service under test. `tenantId` is left out for an operator. */
export type MakeToken = (claims: { sub: string; tenantId?: string; roles: string[] }) => Promise<string>;

/** One tenant of the run. */
export interface Place {
  tenantId: string;
  instanceId: string;
  /** What opens its webhook door: every second instance demands signatures. */
  credential: { apiKey: string } | { hmacSecret: string };
  /** A token of its admin, who is an agent too. */
  token: string;
  /** Where its log stood before the run, `<epoch>:<seq>`. */
  cursor: string;
  /** Whether this run made it: then everything in it was sent by this run. */
  isFresh: boolean;
}

/** Everything a run needs to know of the service. */
export interface World {
  /** Without a trailing slash. */
  url: string;
  dials: Dials;
  places: Place[];
}

const ListSchema = z.object({ asOf: z.string() });
/** An open door keeps what it knows of an instance for a second. */
const DOOR_MEMORY_MS = 1_200;

/** Makes the tenants and instances of the dials, or takes over those a run with the same dials has made. Throws when the service refuses. */
export async function prepareWorld(of: { url: string; token: MakeToken; dials: Dials }): Promise<World> {
  const { url, token, dials } = of;
  const operator = createApiClient(url, await token({ sub: 'simulator', roles: ['operator'] }));
  const name = worldName(dials);
  const places: Place[] = [];
  for (let tenant = 0; tenant < dials.tenants; tenant += 1) {
    const { tenantId, instanceId } = placeNames(name, tenant);
    const made = await operator.send('POST', '/api/tenants', { id: tenantId, name: `Simulator ${tenant}` });
    expectStatus(made, [201, 409], `tenant ${tenantId}`);
    const own = await placeToken(token, tenantId);
    const api = createApiClient(url, own);
    const secret = randomBytes(24).toString('base64url');
    const credential = tenant % 2 === 0 ? { apiKey: secret } : { hmacSecret: secret };
    await makeInstance(api, instanceId, credential);
    const { asOf: cursor } = await api.get('/api/tickets?limit=1', ListSchema);
    places.push({ tenantId, instanceId, credential, token: own, cursor, isFresh: made.status === 201 });
  }
  if (places.some((place) => !place.isFresh)) await new Promise((resolve) => setTimeout(resolve, DOOR_MEMORY_MS));
  return { url, dials, places };
}

/** The world of an earlier run, to look at only: nothing is made and nothing can be posted. */
export async function revisitWorld(of: {
  url: string;
  token: MakeToken;
  dials: Dials;
  tenants: { tenantId: string; instanceId: string; cursor: string; isFresh: boolean }[];
}): Promise<World> {
  const places = of.tenants.map(async (tenant) => ({
    ...tenant,
    credential: { apiKey: '' },
    token: await placeToken(of.token, tenant.tenantId),
  }));
  return { url: of.url, dials: of.dials, places: await Promise.all(places) };
}

function placeToken(token: MakeToken, tenantId: string): Promise<string> {
  return token({ sub: 'simulator', tenantId, roles: ['admin', 'agent'] });
}

async function makeInstance(api: ApiClient, instanceId: string, credential: Place['credential']): Promise<void> {
  const webhook = 'apiKey' in credential ? credential : { hmacSecrets: [credential.hmacSecret] };
  const path = '/api/whatsapp/instances';
  const made = await api.send('POST', path, { instanceId, broker: 'canonical', webhook, groupPolicy: 'accept' });
  expectStatus(made, [201, 409], `instance ${instanceId}`);
  if (made.status === 409)
    expectStatus(await api.send('PATCH', `${path}/${instanceId}`, { webhook }), [200], instanceId);
}

function expectStatus({ status, body }: { status: number; body: unknown }, expected: number[], what: string): void {
  if (expected.includes(status)) return;
  throw new Error(`${what}: the service answered ${status}: ${describe(body)}`);
}
