// Contacts, queues, instances, tenants, the log and the ledger over REST (DESIGN 9).
import { randomUUID } from 'node:crypto';
import { DOMAIN_EVENT_SCHEMAS } from '@recado/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCredentials, openWebhook } from '../../apps/api/dist/instance-secrets.js';
import { createRestRig } from './rest-rig.js';
import type { RestRig } from './rest-rig.js';

let rig: RestRig;
beforeAll(async () => {
  rig = await createRestRig();
  await rig.receive({ count: 3 });
});
afterAll(async () => rig[Symbol.asyncDispose]());

describe('contacts', () => {
  test('one is made with its phone, found, changed, and told with the changed keys only', async () => {
    const me = await rig.as();
    const made = (await me.post('/api/contacts', { phone: '+55 (11) 97777-0001', name: 'Rosa' }).expect(201)).body;
    expect(made).toMatchObject({ phone: '+5511977770001', name: 'Rosa', kind: 'person' });
    expect((await me.get('/api/contacts?q=rosa').expect(200)).body.data).toEqual([made]);
    rig.emitted.length = 0;
    await me.patch(`/api/contacts/${made.id}`, { name: 'Rosa Lima', document: null }).expect(200);
    const payload = JSON.parse(rig.emitted[0]?.payload ?? '');
    expect(DOMAIN_EVENT_SCHEMAS['contact.updated'].parse(payload)).toMatchObject({ changes: { name: 'Rosa Lima' } });
    expect(Object.keys(payload.changes)).toEqual(['name']);
  });

  test('the same phone in another spelling is 409 CONTACT_EXISTS, also when a message brought it', async () => {
    const me = await rig.as();
    for (const phone of ['+55 11 9999-9999', '5511999999999']) {
      expect((await me.post('/api/contacts', { phone }).expect(409)).body.error.code).toBe('CONTACT_EXISTS');
    }
    const { body } = await me.post('/api/contacts', { phone: 'none' }).expect(400);
    expect(body.error.details[0].path).toBe('phone');
    await (await rig.as('agent', { tenantId: 'other' })).post('/api/contacts', { phone: '+5511999999999' }).expect(201);
  });

  test('a contact made by hand is the one a message of that number finds', async () => {
    const me = await rig.as();
    const made = (await me.post('/api/contacts', { phone: '+5511977770002', name: 'Known' }).expect(201)).body;
    await rig.receive({ phone: '+5511977770002', name: 'Known', prefix: 'known' });
    expect((await me.get('/api/tickets?q=Known')).body.data[0].contact.id).toBe(made.id);
  });

  test('a merge leaves one contact and takes an admin', async () => {
    const me = await rig.as('admin');
    const [a, b] = await Promise.all(
      ['+5511977770003', '+5511977770004'].map(async (phone) => (await me.post('/api/contacts', { phone })).body.id),
    );
    await (await rig.as()).post('/api/contacts/merge', { contactIds: [a, b] }).expect(403);
    const { body } = await me.post('/api/contacts/merge', { contactIds: [a, b] }).expect(200);
    const loser = body.id === a ? b : a;
    expect((await me.get(`/api/contacts/${loser}`).expect(200)).body.mergedInto).toBe(body.id);
    await me.patch(`/api/contacts/${loser}`, { name: 'x' }).expect(409);
    await me.post('/api/contacts/merge', { contactIds: [a, randomUUID()] }).expect(404);
  });

  test('agents are known from the tokens they used', async () => {
    const me = await rig.as('agent', { sub: 'agent-seen' });
    await expect
      .poll(async () => (await me.get('/api/agents')).body.data.map((one: { id: string }) => one.id))
      .toContain('agent-seen');
  });
});

describe('queues', () => {
  test('a queue fills in when one appears', async () => {
    const me = await rig.as('admin');
    await rig.ctx.db.pool.query(`update queues set is_default = false where tenant_id = 'demo'`);
    await rig.ctx.db.pool.query(`update tickets set queue_id = null where tenant_id = 'demo'`);
    rig.emitted.length = 0;
    const made = (await me.post('/api/queues', { name: 'Vendas', isDefault: true }).expect(201)).body;
    const { data } = (await me.get('/api/tickets').expect(200)).body;
    expect(data.length).toBeGreaterThan(0);
    for (const ticket of data) expect(ticket.queueId).toBe(made.id);
    expect(rig.emitted.map(({ type }) => type)).toEqual(data.map(() => 'ticket.updated'));
  });

  test('the default moves: there is never more than one', async () => {
    const me = await rig.as('admin');
    const made = (await me.post('/api/queues', { name: 'Suporte' }).expect(201)).body;
    expect((await me.patch(`/api/queues/${made.id}`, { isDefault: true }).expect(200)).body.isDefault).toBe(true);
    const { data } = (await me.get('/api/queues').expect(200)).body;
    expect(data.filter((queue: { isDefault: boolean }) => queue.isDefault)).toEqual([{ ...made, isDefault: true }]);
    const { body } = await me.post('/api/queues', { name: 'SUPORTE' }).expect(409);
    expect(body.error.code).toBe('QUEUE_NAME_TAKEN');
    await me.patch(`/api/queues/${randomUUID()}`, { name: 'x' }).expect(404);
  });
});

describe('instances', () => {
  const secrets = {
    credentials: { apiKey: 'canary-credential' },
    webhook: { apiKey: 'canary-webhook-key-1', hmacSecrets: ['canary-hmac-secret-1', 'canary-hmac-secret-2'] },
  };

  test('secrets go in and never come out, and are not readable in the database', async () => {
    const me = await rig.as('admin');
    const body = { instanceId: 'evo-1', broker: 'evolution', baseUrl: 'http://10.0.0.5:8080', ...secrets };
    const { text } = await me.post('/api/whatsapp/instances', body).expect(201);
    const shown = [
      text,
      (await me.get('/api/whatsapp/instances/evo-1')).text,
      (await me.get('/api/whatsapp/instances')).text,
    ];
    for (const answer of shown) expect(answer).not.toContain('canary');
    expect(JSON.parse(text)).toMatchObject({ webhook: { apiKey: true, hmacSecrets: 2, verifyToken: false } });
    const { rows } = await rig.ctx.db.pool.query(`select * from instances where instance_id = 'evo-1'`);
    expect(JSON.stringify(rows[0]) + rows[0].webhook.toString('latin1')).not.toContain('canary');
    const key = rig.ctx.secrets.encryptionKey;
    expect(openCredentials(key, 'evo-1', rows[0].credentials)).toEqual(secrets.credentials);
    expect(openWebhook(key, 'evo-1', rows[0].webhook)).toEqual(secrets.webhook);
    expect(rig.lines.join('')).not.toContain('canary');
    const audit = await rig.ctx.db.pool.query(`select details::text from audit_log where subject = 'evo-1'`);
    expect(JSON.stringify(audit.rows)).not.toContain('canary');
  });

  test('an instanceId is unique in the installation: 409 INSTANCE_ID_TAKEN also across tenants', async () => {
    const them = await rig.as('admin', { tenantId: 'other' });
    const { body } = await them
      .post('/api/whatsapp/instances', { instanceId: 'demo', broker: 'canonical' })
      .expect(409);
    expect(body.error.code).toBe('INSTANCE_ID_TAKEN');
    await them.get('/api/whatsapp/instances/demo').expect(404);
    await them.patch('/api/whatsapp/instances/demo', { name: 'mine' }).expect(404);
    await them.delete('/api/whatsapp/instances/demo').expect(404);
  });

  test('a PATCH changes what it names; null takes away, a webhook secret left out stays', async () => {
    const me = await rig.as('admin');
    await me.post('/api/whatsapp/instances', { instanceId: 'waha-1', broker: 'waha', ...secrets }).expect(201);
    const patch = { name: 'Loja', credentials: null, webhook: { hmacSecrets: [] } };
    const { body } = await me.patch('/api/whatsapp/instances/waha-1', patch).expect(200);
    expect(body).toMatchObject({ name: 'Loja', credentials: { configured: false }, broker: 'waha' });
    expect(body.webhook).toEqual({ apiKey: true, hmacSecrets: 0, verifyToken: false });
    await me.patch('/api/whatsapp/instances/waha-1', { credentials: { accessToken: 'x' } }).expect(400);
    await me.delete('/api/whatsapp/instances/waha-1').expect(204);
    await me.get('/api/whatsapp/instances/waha-1').expect(404);
  });
});

describe('tenants', () => {
  test('a tenant is made by an operator, with a default queue and a log of its own', async () => {
    const operator = await rig.as('operator');
    const { body } = await operator.post('/api/tenants', { id: 'fresh', name: 'Fresh' }).expect(201);
    expect(body).toMatchObject({ id: 'fresh', name: 'Fresh' });
    const me = await rig.as('agent', { tenantId: 'fresh' });
    const queues = (await me.get('/api/queues').expect(200)).body;
    expect(queues.data).toMatchObject([{ isDefault: true }]);
    expect(queues.asOf).toMatch(/^[\w-]+:0$/);
    const again = await operator.post('/api/tenants', { id: 'fresh', name: 'Again' }).expect(409);
    expect(again.body.error.code).toBe('TENANT_ID_TAKEN');
    await operator.post('/api/tenants', { id: '_unrouted', name: 'x' }).expect(400);
  });
});

describe('events', () => {
  test('since=0 starts at the oldest kept event; pages follow without gap', async () => {
    const me = await rig.as();
    const seqs: number[] = [];
    let since = '0';
    for (;;) {
      const { data, nextCursor } = (await me.get(`/api/events?since=${since}&limit=2`).expect(200)).body;
      if (data.length === 0) break;
      for (const { seq, type, payload } of data) {
        seqs.push(seq);
        DOMAIN_EVENT_SCHEMAS[type as keyof typeof DOMAIN_EVENT_SCHEMAS].parse(payload);
      }
      since = nextCursor;
    }
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, n) => n + 1));
    expect(seqs.length).toBeGreaterThan(3);
  });

  test('another epoch, older than the floor, or ahead of the log is 410 RESYNC_REQUIRED; nonsense is CURSOR_INVALID', async () => {
    const them = await rig.as('agent', { tenantId: 'other' });
    const epoch = (await them.get('/api/queues')).body.asOf.split(':')[0];
    await rig.ctx.db.pool.query(`update streams set floor_seq = 5 where tenant_id = 'other'`);
    for (const since of ['elsewhere:5', `${epoch}:4`, `${epoch}:999`]) {
      const { body } = await them.get(`/api/events?since=${since}`).expect(410);
      expect(body.error.code).toBe('RESYNC_REQUIRED');
    }
    expect((await them.get(`/api/events?since=${epoch}:5`).expect(200)).body).toMatchObject({ data: [] });
    expect((await them.get('/api/events?since=abc').expect(400)).body.error.code).toBe('CURSOR_INVALID');
  });
});

describe('ledger', () => {
  test('the audit explains everything that was received', async () => {
    await rig.receive({ count: 3 });
    const { data } = (await (await rig.as('admin')).get('/api/ledger/audit').expect(200)).body;
    const row = data.find((one: { instanceId: string }) => one.instanceId === 'instance-42');
    expect(row).toMatchObject({ tenantId: 'demo', duplicate: 3, unexplained: 0 });
    expect(row.received).toBe(row.accepted + 3);
    const past = await (await rig.as('admin')).get('/api/ledger/audit?from=2020-01-01&to=2020-01-02').expect(200);
    expect(past.body.data).toEqual([]);
  });

  test('received is counted apart from the verdicts: a lost ledger row shows as unexplained', async () => {
    const prefix = rig.random();
    await rig.receive({ prefix });
    await rig.ctx.db.pool.query('delete from inbox_events where external_id = $1', [`${prefix}-0`]);
    const { data } = (await (await rig.as('operator')).get('/api/ledger/audit').expect(200)).body;
    expect(data.find((one: { instanceId: string }) => one.instanceId === 'instance-42').unexplained).toBe(1);
  });

  test('a message is found by broker id, message id and trace id', async () => {
    const me = await rig.as('admin');
    const byWamid = (await me.get('/api/trace/wamid-1').expect(200)).body;
    expect(byWamid.messages[0].message.externalId).toBe('wamid-1');
    expect(byWamid.ledger[0]).toMatchObject({ verdict: 'accepted', externalId: 'wamid-1', itemIndex: 1 });
    expect(byWamid.events[0]).toMatchObject({ type: 'ticket.message' });
    expect(byWamid.messages[0].statuses.length).toBeGreaterThan(0);
    const byId = (await me.get(`/api/trace/${byWamid.messages[0].message.id}`).expect(200)).body;
    expect(byId.messages).toEqual(byWamid.messages);
    const byTrace = (await me.get(`/api/trace/${byWamid.deliveries[0].traceId}`).expect(200)).body;
    const verdicts = byTrace.ledger.map((row: { verdict: string }) => row.verdict);
    expect(verdicts.toSorted()).toEqual([...Array(3).fill('accepted'), ...Array(3).fill('duplicate')]);
    await me.get('/api/trace/nothing').expect(404);
    await (await rig.as('admin', { tenantId: 'other' })).get('/api/trace/wamid-1').expect(404);
  });

  test('what came for no known instance is seen by operators and adopted when the instance is created', async () => {
    const prefix = rig.random();
    const event = {
      id: `${prefix}-0`,
      type: 'MESSAGE_INBOUND',
      instanceId: `late-${prefix}`,
      payload: {
        contact: { phone: '+5511955554444', name: `Late ${prefix}` },
        message: { conversation: 'Oi' },
        metadata: {},
      },
    };
    const posted = rig.agent.post('/api/webhooks/whatsapp').set('x-api-key', rig.ctx.secrets.webhookApiKey ?? '');
    expect((await posted.send(event).expect(202)).body).toMatchObject({ parked: 1 });
    const operator = await rig.as('operator');
    const letters = (await operator.get('/api/dead-letters').expect(200)).body.data;
    expect(letters).toMatchObject([{ tenantId: '_unrouted', kind: 'unrouted', instanceId: `late-${prefix}` }]);
    const me = await rig.as('admin');
    expect((await me.get('/api/dead-letters').expect(200)).body.data).toEqual([]);
    await me.post(`/api/dead-letters/${letters[0].id}/redrive`).expect(404);
    await me.post('/api/whatsapp/instances', { instanceId: `late-${prefix}`, broker: 'canonical' }).expect(201);
    expect((await me.get(`/api/tickets?q=${prefix}`)).body.data).toHaveLength(1);
    expect((await operator.get('/api/dead-letters')).body.data).toEqual([]);
  });

  test('poison is seen by its tenant and redriven once it can be stored', async () => {
    const id = randomUUID();
    const item = {
      id: `poison-${id}`,
      type: 'MESSAGE_INBOUND',
      instanceId: 'instance-42',
      payload: { contact: { phone: '+5511944443333' }, message: { conversation: 'Oi' }, metadata: {} },
    };
    const { rows } = await rig.ctx.db.pool.query(
      `insert into inbox_events (day, tenant_id, id, delivery_id, item_index, instance_id, kind, external_id, verdict, reason)
       values (current_date, 'demo', $1, $1, 0, 'instance-42', 'message', $2, 'parked', 'parked_poison') returning id`,
      [id, item.id],
    );
    await rig.ctx.db.pool.query(
      `insert into parked_events (tenant_id, id, instance_id, kind, target_id, item_key, event, reason, ledger_day, ledger_id, trace_id, received_at)
       values ('demo', $1, 'instance-42', 'poison', $2, $2, $3, 'parked_poison', current_date, $4, 't', now())`,
      [id, item.id, JSON.stringify(item), rows[0].id],
    );
    const me = await rig.as('admin');
    expect((await me.get('/api/dead-letters').expect(200)).body.data).toMatchObject([{ id, kind: 'poison' }]);
    await (await rig.as('admin', { tenantId: 'other' })).post(`/api/dead-letters/${id}/redrive`).expect(404);
    const { body } = await me.post(`/api/dead-letters/${id}/redrive`).expect(200);
    expect(body).toMatchObject({ verdict: 'accepted', reason: 'ok', messageId: expect.any(String) });
    expect((await me.get('/api/dead-letters')).body.data).toEqual([]);
    await me.post(`/api/dead-letters/${id}/redrive`).expect(404);
  });
});
