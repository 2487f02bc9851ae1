// What the doors are asked about: a ticket, a contact, a queue, an instance and a dead letter that are really there.
import type { MeteredService } from './metered-service.js';

type Json = Record<string, unknown>;

/** Parts of a request that the service takes, laid over what the route's schemas make up. */
export interface GoodRequest {
  role?: string;
  params?: Json;
  query?: Json;
  body?: Json;
}

/** Gives a good request for a route (`POST /api/contacts`), each time one that was not sent before. */
export type DoorWorld = (route: string) => GoodRequest;

/** Fills the service; `tokens` by role. Throws when it does not take what it is filled with. */
export async function makeDoorWorld(service: MeteredService, tokens: Map<string, string>): Promise<DoorWorld> {
  async function ask(role: string, path: string, body?: Json): Promise<Json> {
    const headers = { authorization: `Bearer ${tokens.get(role) ?? ''}`, 'content-type': 'application/json' };
    const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
    const { status, text } = await service.request(path, init);
    if (status >= 300) throw new Error(`${path} was answered ${status}: ${text}`);
    return JSON.parse(text) as Json;
  }
  async function first(role: string, path: string): Promise<Json> {
    const [row] = (await ask(role, path))['data'] as Json[];
    if (!row) throw new Error(`${path} holds nothing`);
    return row;
  }
  async function deliver(instanceId: string): Promise<void> {
    const payload = { contact: { phone: '+5511974100000' }, message: { conversation: 'x' }, metadata: {} };
    const event = { id: `seed-${instanceId}`, type: 'MESSAGE_INBOUND', instanceId, payload };
    const { status, text } = await service.post(JSON.stringify(event));
    if (status !== 202) throw new Error(`the seed was answered ${status}: ${text}`);
  }

  await deliver('demo');
  await deliver('door-unknown');
  const ticket = await first('agent', '/api/tickets?q=5511974100000');
  const id = ticket['id'];
  const message = await first('agent', `/api/tickets/${String(id)}/messages`);
  const contacts: unknown[] = [];
  for (const phone of ['+5511974100001', '+5511974100002'])
    contacts.push((await ask('agent', '/api/contacts', { phone }))['id']);
  const edited = await ask('agent', '/api/contacts', { phone: '+5511974100003' });
  const queue = await ask('admin', '/api/queues', { name: 'door' });
  for (const instanceId of ['door-1', 'door-gone'])
    await ask('admin', '/api/whatsapp/instances', { instanceId, broker: 'canonical' });
  const letter = await first('operator', '/api/dead-letters');

  let n = 0;
  const good: Record<string, () => GoodRequest> = {
    'GET /api/tickets/:id': () => ({ params: { id } }),
    'PATCH /api/tickets/:id': () => ({ params: { id }, body: { status: 'OPEN', queueId: queue['id'] } }),
    'POST /api/tickets/:id/read': () => ({ params: { id }, body: { upToMessageId: message['id'] } }),
    'GET /api/tickets/:id/messages': () => ({ params: { id } }),
    'GET /api/search': () => ({ query: { q: 'x' } }),
    'POST /api/contacts': () => ({ body: { phone: `+55119${76_000_000 + n}` } }),
    'POST /api/contacts/merge': () => ({ body: { contactIds: contacts } }),
    'GET /api/contacts/:id': () => ({ params: { id: edited['id'] } }),
    'PATCH /api/contacts/:id': () => ({ params: { id: edited['id'] } }),
    'POST /api/queues': () => ({ body: { name: `door ${n}` } }),
    'PATCH /api/queues/:id': () => ({ params: { id: queue['id'] }, body: { name: `door renamed ${n}` } }),
    'POST /api/whatsapp/instances': () => ({ body: { instanceId: `door-new-${n}` } }),
    'GET /api/whatsapp/instances/:instanceId': () => ({ params: { instanceId: 'door-1' } }),
    'PATCH /api/whatsapp/instances/:instanceId': () => ({ params: { instanceId: 'door-1' } }),
    'DELETE /api/whatsapp/instances/:instanceId': () => ({ params: { instanceId: 'door-gone' } }),
    'POST /api/tenants': () => ({ body: { id: `door-${n}` } }),
    'POST /api/dead-letters/:id/redrive': () => ({ role: 'operator', params: { id: letter['id'] } }),
    'GET /api/trace/:id': () => ({ params: { id: message['externalId'] } }),
    'POST /api/auth/revoke': () => ({ role: 'admin', body: { jti: `nobody's ${n}` } }),
  };
  return (route) => {
    n += 1;
    return good[route]?.() ?? {};
  };
}
