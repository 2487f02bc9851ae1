// Tickets, messages and read marks over REST (DESIGN 9).
import { MessageSchema, TicketSchema } from '@recado/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRestRig } from './rest-rig.js';
import type { RestRig } from './rest-rig.js';

let rig: RestRig;
let ticketId: string;

beforeAll(async () => {
  rig = await createRestRig();
  await rig.receive({ count: 7 });
  await rig.receive({ count: 2, phone: '+5511988887777', name: 'João', prefix: 'joao' });
  const { body } = await (await rig.as()).get('/api/tickets?q=maria').expect(200);
  ticketId = body.data[0].id;
});
afterAll(async () => rig[Symbol.asyncDispose]());

function texts(body: { data: { content: string }[] }): string[] {
  return body.data.map((one) => one.content);
}

describe('tickets', () => {
  test('a list is {data, nextCursor, asOf} and its pages follow each other without overlap', async () => {
    const me = await rig.as();
    const first = (await me.get('/api/tickets?limit=1').expect(200)).body;
    expect(TicketSchema.parse(first.data[0])).toEqual(first.data[0]);
    expect(first.asOf).toMatch(/^[\w-]+:\d+$/);
    const second = (await me.get(`/api/tickets?limit=1&cursor=${first.nextCursor}`).expect(200)).body;
    expect(second.nextCursor).toBeNull();
    expect([first.data[0].contact.name, second.data[0].contact.name]).toEqual(['Maria', 'João']);
    const ascending = (await me.get('/api/tickets?sort=lastMessageAt').expect(200)).body.data;
    expect(ascending.map((one: { id: string }) => one.id)).toEqual([second.data[0].id, first.data[0].id]);
  });

  test('filters by status, queue, assignee, instance, unread and text', async () => {
    const me = await rig.as();
    const count = async (query: string) => (await me.get(`/api/tickets?${query}`).expect(200)).body.data.length;
    expect(await count('status=OPEN,PENDING')).toBe(2);
    expect(await count('status=CLOSED')).toBe(0);
    expect(await count('queueId=none')).toBe(0);
    expect(await count('assigneeId=none')).toBe(2);
    expect(await count('instanceId=instance-42&unread=true')).toBe(2);
    expect(await count('instanceId=demo')).toBe(0);
    expect(await count('unread=false')).toBe(0);
    expect(await count('q=%25')).toBe(0);
    expect(await count('q=8888')).toBe(1);
  });

  test('asOf is the cursor of the log in the same snapshot: what follows it is what the list does not show', async () => {
    const me = await rig.as();
    const { asOf } = (await me.get('/api/tickets').expect(200)).body;
    expect((await me.get(`/api/events?since=${asOf}`).expect(200)).body.data).toEqual([]);
    await rig.receive({ phone: '+5511977776666', name: 'Ana', prefix: 'ana' });
    const after = (await me.get(`/api/events?since=${asOf}`).expect(200)).body;
    expect(after.data.map((one: { type: string }) => one.type)).toContain('ticket.message');
    expect(after.data[0].payload).toMatchObject({ tenantId: 'demo', seq: after.data[0].seq });
  });

  test('a PATCH changes, is told to the log in the same commit, and audited', async () => {
    const me = await rig.as();
    rig.emitted.length = 0;
    const { body, headers } = await me
      .patch(`/api/tickets/${ticketId}`, { status: 'ASSIGNED', assigneeId: 'agent-1' })
      .expect(200);
    expect(body).toMatchObject({ status: 'ASSIGNED', assigneeId: 'agent-1' });
    expect(headers.etag).toBe(`"${body.updatedAt}"`);
    const [entry] = rig.emitted;
    expect(entry?.type).toBe('ticket.updated');
    expect(JSON.parse(entry?.payload ?? '')).toMatchObject({ ticketId, changes: ['status', 'assigneeId'] });
    const { rows } = await rig.ctx.db.pool.query('select actor, action from audit_log where subject = $1', [ticketId]);
    expect(rows).toContainEqual({ actor: 'agent-1', action: 'ticket.updated' });
  });

  test('a PATCH that changes nothing says nothing', async () => {
    rig.emitted.length = 0;
    await (await rig.as()).patch(`/api/tickets/${ticketId}`, { assigneeId: 'agent-1' }).expect(200);
    expect(rig.emitted).toEqual([]);
  });

  test('If-Match of an older state is 412 PRECONDITION_FAILED', async () => {
    const me = await rig.as();
    const { headers } = await me.get(`/api/tickets/${ticketId}`).expect(200);
    const tag = String(headers.etag);
    await me.patch(`/api/tickets/${ticketId}`, { assigneeId: 'agent-2' }).set('if-match', tag).expect(200);
    const { body } = await me.patch(`/api/tickets/${ticketId}`, { assigneeId: null }).set('if-match', tag).expect(412);
    expect(body.error.code).toBe('PRECONDITION_FAILED');
  });

  test('a PATCH that would make two open is 409 TICKET_ALREADY_OPEN', async () => {
    const me = await rig.as();
    const prefix = rig.random();
    const sender = { phone: '+5511966665555', name: `Two ${prefix}`, prefix };
    await rig.receive(sender);
    const old = (await me.get(`/api/tickets?q=${prefix}`)).body.data[0].id;
    await me.patch(`/api/tickets/${old}`, { status: 'CLOSED' }).expect(200);
    await rig.receive({ ...sender, count: 2 });
    expect((await me.get(`/api/tickets?q=${prefix}&status=OPEN`)).body.data).toHaveLength(1);
    const { body } = await me.patch(`/api/tickets/${old}`, { status: 'OPEN' }).expect(409);
    expect(body.error).toMatchObject({ code: 'TICKET_ALREADY_OPEN', retryable: false });
  });

  test('a queue of nobody or of another tenant is refused by its path', async () => {
    const theirs = (await (await rig.as('admin', { tenantId: 'other' })).get('/api/queues')).body.data[0].id;
    const { body } = await (await rig.as()).patch(`/api/tickets/${ticketId}`, { queueId: theirs }).expect(400);
    expect(body.error.details).toMatchObject([{ path: 'queueId' }]);
  });

  test('another tenant’s ticket is 404, for reading, changing and marking alike', async () => {
    const them = await rig.as('admin', { tenantId: 'other' });
    await them.get(`/api/tickets/${ticketId}`).expect(404);
    await them.get(`/api/tickets/${ticketId}/messages`).expect(404);
    await them.patch(`/api/tickets/${ticketId}`, { status: 'CLOSED' }).expect(404);
    await them.post(`/api/tickets/${ticketId}/read`, { upToMessageId: ticketId }).expect(404);
    expect((await them.get('/api/tickets').expect(200)).body.data).toEqual([]);
    expect((await them.get('/api/search?q=Oi').expect(200)).body.data).toEqual([]);
  });
});

describe('messages of a ticket', () => {
  test('come newest first; before, after and around meet without gap or overlap', async () => {
    const me = await rig.as();
    const page = async (query: string) => (await me.get(`/api/tickets/${ticketId}/messages?${query}`).expect(200)).body;
    const first = await page('limit=3');
    expect(texts(first)).toEqual(['Oi 6', 'Oi 5', 'Oi 4']);
    expect(MessageSchema.parse(first.data[0])).toEqual(first.data[0]);
    expect(first.prevCursor).toBeNull();
    const second = await page(`limit=3&before=${first.nextCursor}`);
    expect(texts(second)).toEqual(['Oi 3', 'Oi 2', 'Oi 1']);
    const third = await page(`limit=3&before=${second.nextCursor}`);
    expect(texts(third)).toEqual(['Oi 0']);
    expect(third.nextCursor).toBeNull();
    expect(texts(await page(`limit=2&after=${second.prevCursor}`))).toEqual(['Oi 5', 'Oi 4']);
    const around = await page(`limit=4&around=${second.data[1].id}`);
    expect(texts(around)).toEqual(['Oi 3', 'Oi 2', 'Oi 1', 'Oi 0']);
    expect(texts(await page(`limit=10&after=${around.prevCursor}`))).toEqual(['Oi 6', 'Oi 5', 'Oi 4']);
  });

  test('a cursor that is not ours is 400 CURSOR_INVALID, two at once are refused', async () => {
    const me = await rig.as();
    const { body } = await me.get(`/api/tickets/${ticketId}/messages?before=xyz`).expect(400);
    expect(body.error.code).toBe('CURSOR_INVALID');
    await me.get(`/api/tickets/${ticketId}/messages?before=a&after=b`).expect(400);
  });

  test('reading up to a message leaves the inbound messages after it unread', async () => {
    const me = await rig.as();
    const { data } = (await me.get(`/api/tickets/${ticketId}/messages`)).body;
    rig.emitted.length = 0;
    const { body } = await me.post(`/api/tickets/${ticketId}/read`, { upToMessageId: data[2].id }).expect(200);
    expect(body.unread).toBe(2);
    expect(JSON.parse(rig.emitted[0]?.payload ?? '')).toMatchObject({ changes: ['unread'], ticket: { unread: 2 } });
    const again = await me.post(`/api/tickets/${ticketId}/read`, { upToMessageId: data[5].id }).expect(200);
    expect(again.body.unread).toBe(2);
  });

  test('search finds text, newest first, with its ticket', async () => {
    const me = await rig.as();
    const { body } = await me.get('/api/search?q=oi%203').expect(200);
    expect(body.data).toHaveLength(1);
    expect(body.data[0]).toMatchObject({ message: { content: 'Oi 3' }, ticket: { id: ticketId } });
    const first = (await me.get('/api/search?q=Oi&limit=5')).body;
    const second = (await me.get(`/api/search?q=Oi&limit=50&cursor=${first.nextCursor}`)).body;
    const ids = [...first.data, ...second.data].map((one: { message: { id: string } }) => one.message.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
