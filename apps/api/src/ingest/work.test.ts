// What ingest makes of an item before it asks the database: its time, its origin, and what is decided at once (DESIGN 4.3).
import type { CanonicalMessage } from '@recado/contracts';
import type { DeliveryItem } from '@recado/brokers';
import { describe, expect, test } from 'vitest';
import { occurrence, resetWork, toWork, type OpenDelivery, type Work } from './work.js';

const receivedAt = new Date('2024-05-02T13:05:00.000Z');
const HOUR = 3_600_000;
const delivery: OpenDelivery = {
  tenantId: 'demo',
  instanceId: 'i',
  groupPolicy: 'ignore',
  transport: 'webhook',
  items: [],
  traceId: 't',
  sha256: Buffer.alloc(32),
  raw: Buffer.alloc(0),
  id: 'd',
  day: '2024-05-02',
  written: false,
  receivedAt,
};
const nobody = { phone: null, name: null, document: null, registrations: null, avatarUrl: null, pushName: null };
const event: CanonicalMessage = {
  kind: 'message',
  at: receivedAt.toISOString(),
  broker: 'baileys',
  externalId: 'wamid-1',
  direction: 'INBOUND',
  origin: 'live',
  contact: {
    ...nobody,
    metadata: {},
  },
  author: null,
  type: 'TEXT',
  content: 'x',
  caption: null,
  media: null,
  location: null,
  contacts: null,
  quotedId: null,
  placeholder: false,
  extra: {},
  chat: {
    kind: 'person',
    jid: null,
    aliases: [
      {
        kind: 'phone',
        value: '+5511999999999',
      },
    ],
  },
};

function iso(afterMs: number): string {
  return new Date(receivedAt.getTime() + afterMs).toISOString();
}
function work(more: Partial<CanonicalMessage>, open = delivery): Work {
  return toWork(open, { instanceId: 'i', raw: {}, event: { ...event, ...more } }, 0, null);
}

describe('occurrence', () => {
  test.each([
    ['no time', null, 0, 'received'],
    ['a past time', iso(-400 * 24 * HOUR), -400 * 24 * HOUR, 'broker'],
    ['five minutes ahead', iso(300_000), 300_000, 'broker'],
    ['more than five minutes ahead', iso(300_001), 0, 'future'],
  ])('%s', (_, at, afterMs, timeSource) => {
    const found = occurrence(at, receivedAt);
    expect(found).toMatchObject({ timeSource, occurredAt: new Date(iso(afterMs)) });
    expect(found.brokerAt?.toISOString() ?? null).toBe(at);
  });
});

describe('toWork', () => {
  test.each([
    ['live', -400 * 24, 'live'],
    ['append', -24, 'live'],
    ['append', -25, 'history'],
    ['history', 0, 'history'],
  ] as const)('%s from %i hours ago is %s', (origin, hours, expected) => {
    expect(work({ origin, at: iso(hours * HOUR) })).toMatchObject({ kind: 'message', origin: expected });
  });

  test('a group is settled as ignored unless the policy accepts it', () => {
    const chat = { kind: 'group' as const, jid: '1203@g.us', aliases: [] };
    const author = { aliases: [{ kind: 'phone' as const, value: '+5511999999999' }] };
    expect(work({ chat, author })).toMatchObject({ kind: 'settled', outcome: { verdict: 'ignored', reason: 'group' } });
    expect(work({ chat, author }, { ...delivery, groupPolicy: 'accept' })).toMatchObject({
      kind: 'message',
      chat: { kind: 'group', keys: [{ kind: 'jid', scope: 'i' }], news: null },
      author: { keys: [{ kind: 'phone', scope: '' }], news: { phone: '+5511999999999' } },
    });
  });

  test('a message of nobody is settled as rejected; a status of nobody is not', () => {
    const chat = { kind: 'person' as const, jid: null, aliases: [] };
    expect(work({ chat })).toMatchObject({ kind: 'settled', outcome: { verdict: 'rejected', reason: 'missing_chat' } });
    const { at, broker } = event;
    const status = {
      kind: 'status',
      at,
      broker,
      chat,
      targetId: 'x',
      targetDirection: null,
      status: 'READ',
      failure: null,
    } as const;
    expect(toWork(delivery, { instanceId: 'i', raw: {}, event: status }, 0, null)).toMatchObject({ kind: 'change' });
  });

  test('what the adapter decided stays decided, and an endless id is cut to what an index takes', () => {
    const item: DeliveryItem = {
      instanceId: 'i',
      raw: {},
      verdict: 'rejected',
      reason: 'invalid_contract',
      payloadType: 'unknown',
      externalId: 'x'.repeat(1e4),
    };
    const settled = toWork(delivery, item, 3, null);
    expect(settled).toMatchObject({ kind: 'settled', index: 3, outcome: { verdict: 'rejected', messageId: null } });
    expect(settled.externalId).toHaveLength(512);
  });

  test('our own words are echoes', () => {
    expect(work({ direction: 'OUTBOUND' }).payloadType).toBe('echo');
    expect(work({}).payloadType).toBe('message');
  });

  test('a redriven item of its own tenant rewrites the ledger row it had; another tenant’s gets a new one', () => {
    const origin = { tenantId: 'demo', id: 'p', ledgerDay: '2024-05-01', ledgerId: 'l' };
    const item = { instanceId: 'i', raw: {}, event };
    expect(toWork(delivery, item, 0, origin).ledger).toEqual({ day: '2024-05-01', id: 'l', rewrite: true });
    const adopted = toWork(delivery, item, 0, { ...origin, tenantId: '_unrouted' });
    expect(adopted.ledger).toMatchObject({ day: '2024-05-02', rewrite: false });
  });

  test('a new attempt forgets what the last one found', () => {
    const message = work({});
    if (message.kind !== 'message') throw new Error('not a message');
    message.ticketId = 't';
    message.outcome = { verdict: 'accepted', reason: 'ok', messageId: 'm' };
    message.chat.aliasId = 'a';
    message.chat.isNew = true;
    resetWork(message);
    expect(message).toMatchObject({ ticketId: null, outcome: null, chat: { aliasId: null, isNew: false } });
  });
});
